<?php
/**
 * The plugin's one table, and locks that hold between requests.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const TIRAGE_DB_VERSION = '1';

/**
 * The table of what rang: one row an event, until it is delivered and a week after.
 */
function tirage_events_table(): string {
	global $wpdb;
	return $wpdb->prefix . 'tirage_events';
}

/**
 * Makes or changes the table.
 */
function tirage_install_tables(): void {
	global $wpdb;
	require_once ABSPATH . 'wp-admin/includes/upgrade.php';
	$table   = tirage_events_table();
	$charset = $wpdb->get_charset_collate();
	dbDelta(
		"CREATE TABLE $table (
			id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			event varchar(32) NOT NULL,
			post_id bigint(20) unsigned NOT NULL DEFAULT 0,
			comment_id bigint(20) unsigned NOT NULL DEFAULT 0,
			created_at datetime NOT NULL,
			delivery varchar(40) NOT NULL DEFAULT '',
			attempts int(11) NOT NULL DEFAULT 0,
			next_at bigint(20) NOT NULL DEFAULT 0,
			state varchar(10) NOT NULL DEFAULT 'waiting',
			answer varchar(255) NOT NULL DEFAULT '',
			PRIMARY KEY  (id),
			KEY state (state,delivery),
			KEY delivery (delivery)
		) $charset;"
	);
	if ( tirage_has_table() ) {
		update_option( 'tirage_db_version', TIRAGE_DB_VERSION );
		delete_option( 'tirage_tables_tried_at' );
	} else {
		update_option( 'tirage_tables_tried_at', time(), false );
	}
}
register_activation_hook( TIRAGE_FILE, 'tirage_install_tables' );

/**
 * Whether the table is there, which a database may refuse.
 */
function tirage_has_table(): bool {
	global $wpdb;
	$query = $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( tirage_events_table() ) );
	return 0 === strcasecmp( tirage_events_table(), (string) $wpdb->get_var( $query ) );
}

/**
 * Makes the table where the plugin came by another way than its activation: an update, or a new site of a network. What
 * the database refuses is tried again a minute later, not with each request.
 */
function tirage_check_tables(): void {
	if ( TIRAGE_DB_VERSION === get_option( 'tirage_db_version' ) ) {
		return;
	}
	if ( (int) get_option( 'tirage_tables_tried_at', 0 ) < time() - MINUTE_IN_SECONDS ) {
		tirage_install_tables();
	}
}
add_action( 'plugins_loaded', 'tirage_check_tables' );

/**
 * Lets the table go with its site, when a network deletes one.
 *
 * @param string[] $tables What WordPress drops.
 */
function tirage_drop_with_site( $tables ): array {
	return array_merge( $tables, array( tirage_events_table() ) );
}
add_filter( 'wpmu_drop_tables', 'tirage_drop_with_site' );

/**
 * Writes an option's row unless it is there; true for exactly one of many who try at once.
 *
 * The functions for options look before they write, so that two requests could both believe to be the first.
 *
 * @param string $name  The option.
 * @param string $value Its value.
 */
function tirage_claim_option( string $name, string $value ): bool {
	global $wpdb;
	$query   = "INSERT IGNORE INTO {$wpdb->options} (option_name, option_value, autoload) VALUES (%s, %s, 'no')";
	$claimed = 1 === (int) $wpdb->query( $wpdb->prepare( $query, $name, $value ) );
	wp_cache_delete( $name, 'options' );
	wp_cache_delete( 'notoptions', 'options' );
	return $claimed;
}

/**
 * Changes an option's row from one value to another; true for exactly one of many who try at once.
 *
 * @param string $name The option.
 * @param string $from The value that it must have.
 * @param string $to   The new value.
 */
function tirage_swap_option( string $name, string $from, string $to ): bool {
	global $wpdb;
	$query   = "UPDATE {$wpdb->options} SET option_value = %s WHERE option_name = %s AND option_value = %s";
	$swapped = 1 === (int) $wpdb->query( $wpdb->prepare( $query, $to, $name, $from ) );
	wp_cache_delete( $name, 'options' );
	return $swapped;
}

/**
 * An option's row as the database has it now, past every cache; '' when there is none.
 *
 * @param string $name The option.
 */
function tirage_read_option( string $name ): string {
	global $wpdb;
	$query = "SELECT option_value FROM {$wpdb->options} WHERE option_name = %s";
	return (string) $wpdb->get_var( $wpdb->prepare( $query, $name ) );
}

/**
 * Writes an option's row whatever it held, for what many requests read and write at once: the functions for options
 * don't write what their cache holds already, and their cache of all autoloaded options can bring an old value back.
 *
 * @param string $name  The option.
 * @param string $value Its value.
 */
function tirage_write_option( string $name, string $value ): void {
	global $wpdb;
	if ( ! tirage_claim_option( $name, $value ) ) {
		$wpdb->update( $wpdb->options, array( 'option_value' => $value ), array( 'option_name' => $name ) );
		wp_cache_delete( $name, 'options' );
	}
}

/**
 * Takes a lock that runs out by itself; its mark, or '' while another request holds it.
 *
 * @param string $name    The lock.
 * @param int    $seconds How long it holds at most.
 */
function tirage_take_lock( string $name, int $seconds ): string {
	$option = "tirage_lock_$name";
	$mark   = ( time() + $seconds ) . ':' . wp_generate_password( 12, false );
	if ( tirage_claim_option( $option, $mark ) ) {
		return $mark;
	}
	$held = tirage_read_option( $option );
	if ( '' === $held || (int) $held >= time() ) {
		return '';
	}
	return tirage_swap_option( $option, $held, $mark ) ? $mark : '';
}

/**
 * Until when a request holds a lock at most, in seconds since 1970; 0 when none does.
 *
 * @param string $name The lock.
 */
function tirage_locked_until( string $name ): int {
	$until = (int) tirage_read_option( "tirage_lock_$name" );
	return $until >= time() ? $until : 0;
}

/**
 * Gives a lock back, if it is still ours.
 *
 * @param string $name The lock.
 * @param string $mark What tirage_take_lock() gave.
 */
function tirage_give_lock( string $name, string $mark ): void {
	global $wpdb;
	$option = "tirage_lock_$name";
	$query  = "DELETE FROM {$wpdb->options} WHERE option_name = %s AND option_value = %s";
	$wpdb->query( $wpdb->prepare( $query, $option, $mark ) );
	wp_cache_delete( $option, 'options' );
}
