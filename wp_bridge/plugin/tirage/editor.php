<?php
/**
 * The panel "Tirage" in the block editor: its scripts, and what they have to know.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Loads the panel where a post can carry a contest, brings its meta and the user may set one up; metabox.php has the rest.
 */
function tirage_enqueue_panel(): void {
	$post  = get_post();
	$types = array_intersect( tirage_post_types(), get_post_types_by_support( 'custom-fields' ) );
	if ( ! $post || ! in_array( $post->post_type, $types, true ) || ! tirage_may_set_up( $post->ID ) ) {
		return;
	}
	$needs = array( 'wp-plugins', 'wp-edit-post', 'wp-element', 'wp-components', 'wp-core-data', 'wp-data', 'wp-date', 'wp-notices', 'wp-api-fetch', 'wp-i18n' );
	if ( wp_script_is( 'wp-editor', 'registered' ) ) {
		$needs[] = 'wp-editor';
	}
	$fields_need = array( 'wp-element', 'wp-components', 'wp-i18n' );
	wp_register_script( 'tirage-editor-fields', plugins_url( 'assets/editor-fields.js', TIRAGE_FILE ), $fields_need, TIRAGE_VERSION, true );
	wp_set_script_translations( 'tirage-editor-fields', 'tirage', TIRAGE_DIR . '/languages' );
	wp_add_inline_script( 'tirage-editor-fields', 'window.tirageEditor = ' . wp_json_encode( tirage_panel_facts() ) . ';', 'before' );
	$needs[] = 'tirage-editor-fields';
	wp_enqueue_script( 'tirage-editor', plugins_url( 'assets/editor.js', TIRAGE_FILE ), $needs, TIRAGE_VERSION, true );
	wp_set_script_translations( 'tirage-editor', 'tirage', TIRAGE_DIR . '/languages' );
}
add_action( 'enqueue_block_editor_assets', 'tirage_enqueue_panel' );

/**
 * What the panel has to know.
 */
function tirage_panel_facts(): array {
	return array(
		'defaults'       => tirage_default_settings(),
		'timezone'       => str_replace( '_', ' ', wp_timezone_string() ),
		'mostPlaces'     => TIRAGE_MOST_PLACES,
		'longestPrize'   => TIRAGE_LONGEST_PRIZE,
		'longestMessage' => TIRAGE_LONGEST_MESSAGE,
		'mostClaimDays'  => TIRAGE_MOST_CLAIM_DAYS,
		'poolNames'      => tirage_pool_names(),
		'networks'       => TIRAGE_NETWORKS,
		'opensAt'        => TIRAGE_OPENING_STATUSES,
		'isReady'        => tirage_is_connected(),
		'settingsUrl'    => current_user_can( 'manage_options' ) ? tirage_settings_url() : '',
		'phases'         => array_combine( TIRAGE_PHASES, array_map( 'tirage_phase_words', TIRAGE_PHASES ) ),
	);
}
