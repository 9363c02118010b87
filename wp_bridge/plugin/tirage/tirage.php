<?php
/**
 * Plugin Name: Tirage
 * Plugin URI: https://github.com/tirage/tirage
 * Description: Runs giveaways with the Tirage service: set a contest up where you write, and let anyone check the draw.
 * Version: 0.1.0
 * Requires at least: 6.1
 * Requires PHP: 7.4
 * Author: The Tirage team
 * License: GPL-2.0-or-later
 * License URI: https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain: tirage
 * Domain Path: /languages
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

define( 'TIRAGE_VERSION', '0.1.0' );
define( 'TIRAGE_FILE', __FILE__ );
define( 'TIRAGE_DIR', __DIR__ );

$tirage_rooms = array(
	'service',
	'tables',
	'after-response',
	'pauses',
	'webhook',
	'hooks',
	'rest-api',
	'winner-comment',
	'pools',
	'message',
	'claims',
	'networks',
	'contest-settings',
	'contest-meta',
	'contest-wish',
	'contest',
	'editor',
	'metabox',
	'metabox-fields',
	'metabox-pools',
	'state',
	'state-refresh',
	'block',
	'privacy',
	'passwords',
	'settings',
);
foreach ( $tirage_rooms as $tirage_room ) {
	require_once TIRAGE_DIR . "/$tirage_room.php";
}
unset( $tirage_rooms, $tirage_room );

/**
 * Loads the translations, where WordPress doesn't do it by itself; first of all, as the block's title is one of them.
 */
function tirage_load_translations(): void {
	load_plugin_textdomain( 'tirage', false, dirname( plugin_basename( TIRAGE_FILE ) ) . '/languages' );
}
add_action( 'init', 'tirage_load_translations', 0 );
