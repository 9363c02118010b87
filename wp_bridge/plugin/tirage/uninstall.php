<?php
/**
 * Deleting the plugin leaves nothing of it: on every site of a network.
 *
 * @package tirage
 */

if ( ! defined( 'WP_UNINSTALL_PLUGIN' ) ) {
	exit;
}

require_once __DIR__ . '/passwords.php';

/**
 * Removes what one site holds: the table, options, locks, marks, post meta, transients and what wp-cron would run.
 */
function tirage_uninstall_site(): void {
	global $wpdb;
	$wpdb->query( "DROP TABLE IF EXISTS {$wpdb->prefix}tirage_events" );
	$names = $wpdb->get_col(
		$wpdb->prepare(
			"SELECT option_name FROM {$wpdb->options} WHERE option_name LIKE %s OR option_name LIKE %s OR option_name LIKE %s",
			$wpdb->esc_like( 'tirage_' ) . '%',
			$wpdb->esc_like( '_transient_tirage_' ) . '%',
			$wpdb->esc_like( '_transient_timeout_tirage_' ) . '%'
		)
	);
	array_map( 'delete_option', $names );
	$query = "SELECT DISTINCT meta_key FROM {$wpdb->postmeta} WHERE meta_key LIKE %s";
	$keys  = $wpdb->get_col( $wpdb->prepare( $query, $wpdb->esc_like( '_tirage_' ) . '%' ) );
	array_map( 'delete_post_meta_by_key', $keys );
	foreach ( array( 'tirage_sweep', 'tirage_retry', 'tirage_save_again' ) as $hook ) {
		wp_unschedule_hook( $hook );
	}
}

tirage_take_back_passwords( TIRAGE_APP_ID );
if ( is_multisite() ) {
	foreach ( get_sites( array( 'fields' => 'ids', 'number' => 0 ) ) as $tirage_site ) {
		switch_to_blog( $tirage_site );
		tirage_uninstall_site();
		restore_current_blog();
	}
} else {
	tirage_uninstall_site();
}
