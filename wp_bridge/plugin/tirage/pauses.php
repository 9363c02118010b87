<?php
/**
 * When to try again: a delivery that failed with growing pauses, and the rest a moment later.
 *
 * Two times are kept as options, each without autoload: tirage_next_at, when something is to be tried, and
 * tirage_paused_until, before which nothing is because the service failed.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const TIRAGE_PAUSES        = array( 2, 5, 15, 60, 300, 900, 3600 ); // seconds after the first, second, … failure.
const TIRAGE_LONGEST_PAUSE = 60; // seconds that what rang waits for its first try at most.
const TIRAGE_MOST_WAITING  = 10000;

/**
 * Has a delivery tried again later.
 *
 * @param string $delivery Its id.
 * @param int    $attempts How often it was tried.
 * @param string $words    What came instead.
 */
function tirage_note_failure( string $delivery, int $attempts, string $words ): void {
	global $wpdb;
	$next_at = time() + tirage_pause( TIRAGE_PAUSES, $attempts );
	$values  = array(
		'attempts' => $attempts,
		'next_at'  => $next_at,
		'answer'   => $words,
	);
	$wpdb->update( tirage_events_table(), $values, array( 'delivery' => $delivery ) );
	tirage_drop_oldest();
	tirage_retry_by( $next_at );
}

/**
 * Has wp-cron try again at a time, if it isn't to do so sooner. One event at most, however long the service is away.
 *
 * @param int $time Seconds since 1970.
 */
function tirage_retry_by( int $time ): void {
	$scheduled_at = wp_next_scheduled( 'tirage_retry' );
	if ( $scheduled_at && $scheduled_at > $time ) {
		wp_clear_scheduled_hook( 'tirage_retry' );
	}
	if ( ! $scheduled_at || $scheduled_at > $time ) {
		wp_schedule_single_event( $time, 'tirage_retry' );
	}
}

/**
 * Has nothing tried for a moment, after a failure: longer the more often something failed, and a minute at most.
 */
function tirage_pause_sending(): void {
	global $wpdb;
	$query    = 'SELECT MAX(attempts) FROM ' . tirage_events_table() . " WHERE state = 'waiting'";
	$attempts = (int) $wpdb->get_var( $query );
	$pause    = min( TIRAGE_LONGEST_PAUSE, tirage_pause( TIRAGE_PAUSES, max( 1, $attempts ) ) );
	tirage_write_option( 'tirage_paused_until', (string) ( time() + $pause ) );
}

/**
 * Has everything tried at once that waits for a later time.
 */
function tirage_end_pauses(): void {
	global $wpdb;
	$wpdb->query( 'UPDATE ' . tirage_events_table() . " SET next_at = 0 WHERE state = 'waiting' AND next_at > 0" );
	tirage_write_option( 'tirage_paused_until', '0' );
	tirage_note_what_waits();
}

/**
 * When the next try is due; 0 when nothing waits.
 */
function tirage_earliest_try(): int {
	global $wpdb;
	$next_at = $wpdb->get_var( 'SELECT MIN(next_at) FROM ' . tirage_events_table() . " WHERE state = 'waiting'" );
	return null === $next_at ? 0 : max( (int) $next_at, (int) tirage_read_option( 'tirage_paused_until' ), time() );
}

/**
 * Keeps when the next try is due, in an option that each request looks at.
 */
function tirage_note_what_waits(): void {
	$next_at = tirage_earliest_try();
	tirage_write_option( 'tirage_next_at', (string) $next_at );
	if ( ! $next_at ) {
		delete_option( 'tirage_dropped' ); // nothing that was kept is older than what was dropped.
	}
}

/**
 * Has what waits tried at a time, if it isn't sooner.
 *
 * @param int $time Seconds since 1970.
 */
function tirage_try_by( int $time ): void {
	$next_at = (int) tirage_read_option( 'tirage_next_at' );
	if ( ! $next_at || $next_at > $time ) {
		tirage_write_option( 'tirage_next_at', (string) $time );
	}
}

/**
 * Keeps the table small on a blog whose service is gone for good.
 */
function tirage_drop_oldest(): void {
	global $wpdb;
	$table   = tirage_events_table();
	$waiting = (int) $wpdb->get_var( "SELECT COUNT(*) FROM $table WHERE state = 'waiting'" );
	if ( $waiting <= TIRAGE_MOST_WAITING ) {
		return;
	}
	$query = "SELECT id FROM $table WHERE state = 'waiting' ORDER BY id DESC LIMIT 1 OFFSET %d";
	$keep  = (int) $wpdb->get_var( $wpdb->prepare( $query, TIRAGE_MOST_WAITING - 1 ) );
	$wpdb->query( $wpdb->prepare( "DELETE FROM $table WHERE state = 'waiting' AND id < %d", $keep ) );
	update_option( 'tirage_dropped', (int) get_option( 'tirage_dropped', 0 ) + $waiting - TIRAGE_MOST_WAITING, false );
}
