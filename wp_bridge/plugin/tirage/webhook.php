<?php
/**
 * Deliveries: what rang is sent in as few calls as possible.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const TIRAGE_REFUSALS         = array( 413, 422 ); // something about this delivery: the others may go.
const TIRAGE_EVENTS_AT_ONCE   = 500;
const TIRAGE_SENDING_SECONDS  = 20;
const TIRAGE_PATIENCE_SECONDS = 6; // a little longer than one try.
const TIRAGE_KEPT_DAYS        = 7;

/**
 * Sends what rang in this request, unless the service failed a moment ago: then what rang waits with the rest, and no
 * commenter's request hangs on a service that hangs. While another request sends, it finds what rang by itself.
 *
 * Whatever becomes of the sender, there is a next try.
 */
function tirage_send_after_events(): void {
	$paused_until = (int) tirage_read_option( 'tirage_paused_until' );
	$locked_until = tirage_locked_until( 'sender' );
	if ( $paused_until > time() ) {
		tirage_try_by( $paused_until );
	} elseif ( $locked_until ) {
		tirage_try_by( $locked_until + 1 );
	} else {
		tirage_try_by( time() + TIRAGE_LONGEST_PAUSE );
		tirage_run_soon( 'deliveries' );
	}
}

/**
 * Sends what waits for its next try, at the end of any request, of which one a minute sets out to.
 */
function tirage_send_what_is_due(): void {
	if ( tirage_is_kick() || '' === tirage_service_url() ) {
		return;
	}
	$next_at = tirage_read_option( 'tirage_next_at' );
	$later   = (string) ( time() + TIRAGE_LONGEST_PAUSE );
	$is_due  = (int) $next_at > 0 && (int) $next_at <= time();
	if ( $is_due && tirage_is_connected() && tirage_swap_option( 'tirage_next_at', $next_at, $later ) ) {
		add_action( 'shutdown', 'tirage_send_after_events', 1 );
		tirage_retry_by( time() ); // a former try may have got lost: wp-admin may be closed to the blog itself.
	}
}
add_action( 'init', 'tirage_send_what_is_due' );

/**
 * Sends everything that is due, one request at a time for the whole blog.
 *
 * @param bool $now Whether what waits for a later try is due as well.
 */
function tirage_run_deliveries( bool $now = false ): void {
	if ( ! tirage_is_connected() ) {
		return;
	}
	if ( $now ) {
		tirage_end_pauses();
	}
	do {
		$lock = tirage_take_lock( 'sender', 3 * TIRAGE_SENDING_SECONDS );
		if ( '' === $lock ) {
			return; // whoever has it looks once more after giving it back.
		}
		$goes_on = tirage_send_for_a_while();
		tirage_note_what_waits();
		tirage_give_lock( 'sender', $lock );
	} while ( $goes_on && tirage_is_due() );
}

/**
 * Waits for a try that is under way, some seconds at most: whoever pressed a button wants to know what came of it, and
 * a try that fails meanwhile would put off what they want sent now.
 */
function tirage_wait_for_sender(): void {
	$until = microtime( true ) + TIRAGE_PATIENCE_SECONDS;
	while ( tirage_locked_until( 'sender' ) && microtime( true ) < $until ) {
		usleep( 100000 );
	}
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
	$until    = time() + TIRAGE_SENDING_SECONDS;
	$is_taken = false;
	while ( time() < $until ) {
		$delivery = tirage_next_delivery();
		if ( '' === $delivery ) {
			return true;
		}
		$status = tirage_send( $delivery );
		if ( $status >= 200 && $status < 300 ) {
			if ( ! $is_taken && (int) tirage_read_option( 'tirage_paused_until' ) ) {
				tirage_end_pauses(); // the service is back.
			}
			$is_taken = true;
		} elseif ( ! in_array( $status, TIRAGE_REFUSALS, true ) ) {
			if ( ! $is_taken ) {
				tirage_pause_sending();
			}
			return false;
		}
	}
	return false;
}

/**
 * The delivery to send next, '' when nothing is due: what was tried least goes first, so that one which fails for itself
 * holds up no other. Only for who holds the lock.
 */
function tirage_next_delivery(): string {
	global $wpdb;
	$table  = tirage_events_table();
	$query  = "SELECT delivery, attempts FROM $table WHERE state = 'waiting' AND delivery <> '' AND next_at <= %d ORDER BY attempts, id LIMIT 1";
	$formed = $wpdb->get_row( $wpdb->prepare( $query, time() ) );
	if ( $formed && ! (int) $formed->attempts ) {
		return $formed->delivery;
	}
	$query = "SELECT id FROM $table WHERE state = 'waiting' AND delivery = '' ORDER BY id LIMIT %d";
	$ids   = $wpdb->get_col( $wpdb->prepare( $query, TIRAGE_EVENTS_AT_ONCE ) );
	if ( ! $ids ) {
		return $formed ? $formed->delivery : '';
	}
	$delivery = tirage_message_id();
	$query    = "UPDATE $table SET delivery = %s WHERE state = 'waiting' AND delivery = '' AND id <= %d";
	$wpdb->query( $wpdb->prepare( $query, $delivery, (int) max( array_map( 'intval', $ids ) ) ) );
	return $delivery;
}

/**
 * Whether anything could be sent now.
 */
function tirage_is_due(): bool {
	global $wpdb;
	$query = 'SELECT COUNT(*) FROM ' . tirage_events_table() . " WHERE state = 'waiting' AND next_at <= %d";
	return (bool) $wpdb->get_var( $wpdb->prepare( $query, time() ) );
}

/**
 * Sends one delivery and keeps the answer; its status, 0 when none came.
 *
 * @param string $delivery Its id.
 */
function tirage_send( string $delivery ): int {
	global $wpdb;
	$table = tirage_events_table();
	$query = "SELECT event, post_id, comment_id, attempts FROM $table WHERE delivery = %s AND state = 'waiting' ORDER BY id";
	$rows  = $wpdb->get_results( $wpdb->prepare( $query, $delivery ) );
	if ( ! $rows ) {
		return 202; // another request sent it, or it was dropped.
	}
	$body     = (string) wp_json_encode(
		array(
			'type'   => 'doorbell',
			'events' => array_map( 'tirage_event_json', $rows ),
		)
	);
	$answer   = tirage_post( '/webhooks/wordpress', $delivery, $body, 5 );
	$status   = is_wp_error( $answer ) ? 0 : (int) wp_remote_retrieve_response_code( $answer );
	$attempts = 1 + (int) $rows[0]->attempts;
	if ( $status >= 200 && $status < 300 ) {
		$values = array(
			'state'    => 'sent',
			'answer'   => (string) $status,
			'attempts' => $attempts,
		);
		$wpdb->update( $table, $values, array( 'delivery' => $delivery ) );
	} else {
		tirage_note_failure( $delivery, $attempts, tirage_answer_words( $answer ) );
	}
	return $status;
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
	tirage_note_what_waits();
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
	foreach ( array( 'tirage_sweep', 'tirage_retry', 'tirage_save_again' ) as $hook ) {
		wp_unschedule_hook( $hook );
	}
}
register_deactivation_hook( TIRAGE_FILE, 'tirage_unschedule' );
