<?php
/**
 * Deliveries: what rang is sent in as few calls as possible, and again with growing pauses until the service takes it.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const TIRAGE_PAUSES          = array( 2, 5, 15, 60, 300, 900, 3600 ); // seconds after the first, second, … failure.
const TIRAGE_EVENTS_AT_ONCE  = 500;
const TIRAGE_MOST_WAITING    = 10000;
const TIRAGE_SENDING_SECONDS = 20;
const TIRAGE_KEPT_DAYS       = 7;

/**
 * Sends what rang in this request, unless the service failed a moment ago: then what rang waits with the rest, and no
 * commenter's request hangs on a service that hangs. While another request sends, it finds what rang by itself.
 */
function tirage_send_after_events(): void {
	if ( (int) get_option( 'tirage_next_at', 0 ) <= time() && ! tirage_is_locked( 'sender' ) ) {
		tirage_run_soon( 'deliveries' );
	}
}

/**
 * Sends what waits for its next try, at the end of any request.
 */
function tirage_send_what_is_due(): void {
	$next_at = (int) get_option( 'tirage_next_at', 0 );
	if ( $next_at > 0 && $next_at <= time() && ! has_action( 'shutdown', 'tirage_send_after_events' ) ) {
		add_action( 'shutdown', 'tirage_send_after_events', 1 );
	}
}
add_action( 'init', 'tirage_send_what_is_due' );

/**
 * Sends everything that is due, one request at a time for the whole blog.
 *
 * @param bool $now Whether what waits for a later try is due as well.
 */
function tirage_run_deliveries( bool $now = false ): void {
	global $wpdb;
	if ( ! tirage_is_connected() ) {
		return;
	}
	if ( $now ) {
		$wpdb->query( 'UPDATE ' . tirage_events_table() . " SET next_at = 0 WHERE state = 'waiting'" );
		tirage_set_next_at( 0 );
	}
	do {
		$lock = tirage_take_lock( 'sender', 3 * TIRAGE_SENDING_SECONDS );
		if ( '' === $lock ) {
			return; // whoever has it looks once more after giving it back.
		}
		$goes_on = tirage_send_for_a_while();
		tirage_give_lock( 'sender', $lock );
	} while ( $goes_on && '' !== tirage_next_delivery() );
}

/**
 * What tirage_run_soon( 'deliveries' ) and wp-cron do.
 */
function tirage_on_run_deliveries(): void {
	tirage_run_deliveries();
}
add_action( 'tirage_run_deliveries', 'tirage_on_run_deliveries' );
add_action( 'tirage_retry', 'tirage_on_run_deliveries' );

/**
 * Sends delivery after delivery; false once the service doesn't take any, or after a while.
 */
function tirage_send_for_a_while(): bool {
	$until = time() + TIRAGE_SENDING_SECONDS;
	while ( time() < $until ) {
		$delivery = tirage_next_delivery();
		if ( '' === $delivery ) {
			tirage_set_next_at( tirage_earliest_try() );
			return true;
		}
		if ( ! tirage_send( $delivery ) ) {
			return false;
		}
	}
	tirage_set_next_at( time() );
	return false;
}

/**
 * The delivery to send next: one that is due again, else a new one of what rang since; '' when nothing is due.
 */
function tirage_next_delivery(): string {
	global $wpdb;
	$table = tirage_events_table();
	$query = "SELECT delivery FROM $table WHERE state = 'waiting' AND delivery <> '' AND next_at <= %d ORDER BY id LIMIT 1";
	$due   = (string) $wpdb->get_var( $wpdb->prepare( $query, time() ) );
	if ( '' !== $due ) {
		return $due;
	}
	$query = "SELECT id FROM $table WHERE state = 'waiting' AND delivery = '' ORDER BY id LIMIT %d";
	$ids   = $wpdb->get_col( $wpdb->prepare( $query, TIRAGE_EVENTS_AT_ONCE ) );
	if ( ! $ids ) {
		return '';
	}
	$delivery = tirage_message_id();
	$query    = "UPDATE $table SET delivery = %s WHERE state = 'waiting' AND delivery = '' AND id <= %d";
	$wpdb->query( $wpdb->prepare( $query, $delivery, (int) max( array_map( 'intval', $ids ) ) ) );
	return $delivery;
}

/**
 * Sends one delivery and keeps the answer; false when the service takes nothing at present.
 *
 * @param string $delivery Its id.
 */
function tirage_send( string $delivery ): bool {
	global $wpdb;
	$table  = tirage_events_table();
	$query  = "SELECT event, post_id, comment_id, attempts FROM $table WHERE delivery = %s AND state = 'waiting' ORDER BY id";
	$rows   = $wpdb->get_results( $wpdb->prepare( $query, $delivery ) );
	$body   = (string) wp_json_encode(
		array(
			'type'   => 'doorbell',
			'events' => array_map( 'tirage_event_json', $rows ),
		)
	);
	$answer = tirage_post( '/webhooks/wordpress', $delivery, $body, 5 );
	$status = is_wp_error( $answer ) ? 0 : (int) wp_remote_retrieve_response_code( $answer );
	if ( $status >= 200 && $status < 300 ) {
		$values = array(
			'state'    => 'sent',
			'answer'   => (string) $status,
			'attempts' => 1 + (int) ( $rows[0]->attempts ?? 0 ),
		);
		$wpdb->update( $table, $values, array( 'delivery' => $delivery ) );
		return true;
	}
	tirage_note_failure( $delivery, 1 + (int) ( $rows[0]->attempts ?? 0 ), tirage_answer_words( $answer ) );
	return in_array( $status, array( 400, 413, 422 ), true ); // something about this one: the others may go.
}

/**
 * An event as it is sent: nothing but what happened and ids.
 *
 * @param object $row A row of the table.
 */
function tirage_event_json( $row ): array {
	$told = array( 'event' => $row->event );
	if ( (int) $row->post_id ) {
		$told['post'] = (int) $row->post_id;
	}
	if ( (int) $row->comment_id ) {
		$told['comment'] = (int) $row->comment_id;
	}
	return $told;
}

/**
 * Has a delivery tried again later, and nothing sent before.
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
	tirage_set_next_at( $next_at );
	tirage_drop_oldest();
	wp_schedule_single_event( $next_at, 'tirage_retry', array( $attempts ) );
}

/**
 * What came instead of an acceptance, in a few words.
 *
 * @param array|WP_Error $answer As wp_remote_post() gives it.
 */
function tirage_answer_words( $answer ): string {
	if ( is_wp_error( $answer ) ) {
		return mb_substr( sanitize_text_field( $answer->get_error_message() ), 0, 200 );
	}
	$problem = tirage_read_answer( $answer );
	$words   = is_wp_error( $problem ) ? $problem->get_error_message() : '';
	return mb_substr( sanitize_text_field( wp_remote_retrieve_response_code( $answer ) . ' ' . $words ), 0, 200 );
}

/**
 * Has one delivery sent with the next run.
 *
 * @param string $delivery Its id.
 */
function tirage_send_again( string $delivery ): void {
	global $wpdb;
	$values = array(
		'state'   => 'waiting',
		'next_at' => 0,
	);
	$wpdb->update( tirage_events_table(), $values, array( 'delivery' => $delivery ) );
	tirage_set_next_at( 0 );
}

/**
 * When the next try is due; 0 when nothing waits.
 */
function tirage_earliest_try(): int {
	global $wpdb;
	return (int) $wpdb->get_var( 'SELECT MIN(next_at) FROM ' . tirage_events_table() . " WHERE state = 'waiting'" );
}

/**
 * Keeps when the next try is due, where every request has it at hand without a query.
 *
 * @param int $time Seconds since 1970.
 */
function tirage_set_next_at( int $time ): void {
	if ( (int) get_option( 'tirage_next_at', 0 ) !== $time ) {
		update_option( 'tirage_next_at', $time, true );
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

/**
 * Every five minutes: what no request sent, and what was delivered long ago.
 */
function tirage_sweep(): void {
	global $wpdb;
	tirage_run_deliveries();
	$before = gmdate( 'Y-m-d H:i:s', time() - TIRAGE_KEPT_DAYS * DAY_IN_SECONDS );
	$query  = 'DELETE FROM ' . tirage_events_table() . " WHERE state = 'sent' AND created_at < %s";
	$wpdb->query( $wpdb->prepare( $query, $before ) );
}
add_action( 'tirage_sweep', 'tirage_sweep' );

/**
 * The pause between two sweeps. Other plugins may ask for it before words can be translated.
 *
 * @param array $schedules What WordPress has.
 */
function tirage_add_schedule( $schedules ): array {
	$schedules['tirage_five_minutes'] = array(
		'interval' => 5 * MINUTE_IN_SECONDS,
		'display'  => did_action( 'init' ) ? __( 'Every five minutes', 'tirage' ) : 'Every five minutes',
	);
	return $schedules;
}
add_filter( 'cron_schedules', 'tirage_add_schedule' );

/**
 * Has the sweep scheduled while the plugin is active.
 */
function tirage_schedule_sweep(): void {
	if ( ! wp_next_scheduled( 'tirage_sweep' ) ) {
		wp_schedule_event( time() + 5 * MINUTE_IN_SECONDS, 'tirage_five_minutes', 'tirage_sweep' );
	}
}
add_action( 'admin_init', 'tirage_schedule_sweep' );
register_activation_hook( TIRAGE_FILE, 'tirage_schedule_sweep' );

/**
 * Takes everything out of wp-cron when the plugin is switched off.
 */
function tirage_unschedule(): void {
	foreach ( array( 'tirage_sweep', 'tirage_retry' ) as $hook ) {
		wp_unschedule_hook( $hook );
	}
}
register_deactivation_hook( TIRAGE_FILE, 'tirage_unschedule' );
