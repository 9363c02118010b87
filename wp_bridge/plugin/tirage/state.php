<?php
/**
 * How contests stand, kept with their posts: showing a page never waits for the service.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const TIRAGE_FRESH_SECONDS = 60; // while anything may change.
const TIRAGE_NONE_SECONDS  = 5 * MINUTE_IN_SECONDS; // for a post that shows a contest and has none.
const TIRAGE_FINAL_SECONDS = DAY_IN_SECONDS; // once the winners are announced.
const TIRAGE_STATE_PAUSES  = array( 60, 120, 300, 600 ); // seconds after the first, second, … failure.
const TIRAGE_PHASES        = array( 'open', 'closing', 'review', 'sealed', 'drawn', 'announcing', 'announced' );

/**
 * How a post's contest stands, as far as it is known; null for a post without one.
 *
 * @param int $post_id The post.
 */
function tirage_state( int $post_id ): ?array {
	$state = get_post_meta( $post_id, '_tirage_state', true );
	return is_array( $state ) && isset( $state['phase'], $state['fetched_at'] ) ? $state : null;
}

/**
 * The same for its writer, who waits some seconds for the service when what is known isn't new.
 *
 * @param int $post_id The post.
 */
function tirage_fresh_state( int $post_id ): ?array {
	$state = tirage_state( $post_id );
	if ( tirage_is_connected() && ( null === $state || $state['fetched_at'] < time() - 10 ) && tirage_states_are_due() ) {
		tirage_fetch_states( array( $post_id ), 5 );
	}
	return tirage_state( $post_id );
}

/**
 * A state as the service told it, with nothing in it that doesn't belong there; null when it makes no sense.
 *
 * @param array $told From the service.
 */
function tirage_clean_state( array $told ): ?array {
	$closes_at = tirage_read_time( $told['closes_at'] ?? null );
	if ( ! in_array( $told['phase'] ?? '', TIRAGE_PHASES, true ) || false === $closes_at ) {
		return null;
	}
	$state = array(
		'phase'         => $told['phase'],
		'closes_at'     => $closes_at,
		'is_changeable' => (bool) ( $told['is_changeable'] ?? false ),
		'problem'       => tirage_clean_text( $told['problem'] ?? '', 500 ),
		'drawn'         => tirage_clean_drawn( $told['drawn'] ?? null ),
	);
	foreach ( array( 'entries', 'eligible', 'winners', 'alternates' ) as $name ) {
		$state[ $name ] = tirage_clean_count( $told[ $name ] ?? 0 );
	}
	foreach ( array( 'page_url', 'proof_url', 'comment_url' ) as $name ) {
		$state[ $name ] = is_string( $told[ $name ] ?? null ) ? esc_url_raw( $told[ $name ], array( 'http', 'https' ) ) : '';
	}
	return $state;
}

/**
 * The seconds since 1970 of an RFC 3339 time; false for anything else, such as the "x" that strtotime() takes for one.
 *
 * @param mixed $value From the service.
 * @return int|false
 */
function tirage_read_time( $value ) {
	$is_time = is_string( $value ) && preg_match( '/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/D', $value );
	return $is_time ? strtotime( $value ) : false;
}

/**
 * Who was drawn, by name and comment.
 *
 * @param mixed $told From the service.
 */
function tirage_clean_drawn( $told ): array {
	$drawn = array();
	foreach ( array_filter( is_array( $told ) ? $told : array(), 'is_array' ) as $winner ) {
		$drawn[] = array(
			'name'    => tirage_clean_text( $winner['name'] ?? '', 200 ),
			'comment' => tirage_clean_count( $winner['comment'] ?? 0 ),
		);
	}
	return array_slice( $drawn, 0, TIRAGE_MOST_PLACES );
}

/**
 * A number that isn't negative.
 *
 * @param mixed $value From the service.
 */
function tirage_clean_count( $value ): int {
	return max( 0, is_numeric( $value ) ? (int) $value : 0 );
}

/**
 * Keeps how a contest stands. Caches of the page are told when its phase changes.
 *
 * @param int   $post_id The post.
 * @param array $told    From the service.
 */
function tirage_store_state( int $post_id, array $told ): void {
	$state = tirage_clean_state( $told );
	if ( null === $state ) {
		return;
	}
	$before              = tirage_state( $post_id );
	$state['fetched_at'] = time();
	update_post_meta( $post_id, '_tirage_state', wp_slash( $state ) );
	if ( null === $before || $before['phase'] !== $state['phase'] ) {
		clean_post_cache( $post_id );
		/**
		 * A contest came into another phase: a page cache may drop the post's page.
		 *
		 * @param int   $post_id The post.
		 * @param array $state   How the contest stands.
		 */
		do_action( 'tirage_state_changed', $post_id, $state );
	}
}

/**
 * Has a post's state fetched when it is no longer fresh, without anybody waiting for it.
 *
 * @param int   $post_id The post.
 * @param array $state   What is known.
 */
function tirage_refresh_if_stale( int $post_id, array $state ): void {
	$keeps = 'announced' === $state['phase'] ? TIRAGE_FINAL_SECONDS : TIRAGE_FRESH_SECONDS;
	if ( $state['fetched_at'] + $keeps < time() ) {
		tirage_refresh_state( $post_id );
	}
}

/**
 * Has it looked up whether a post carries a contest that was opened elsewhere, now and then.
 *
 * @param int $post_id The post, of which no contest is known.
 */
function tirage_look_for_contest( int $post_id ): void {
	if ( (int) get_post_meta( $post_id, '_tirage_none_at', true ) < time() - TIRAGE_NONE_SECONDS ) {
		tirage_refresh_state( $post_id );
	}
}

/**
 * Has a post's state fetched soon, without anybody waiting for it.
 *
 * @param int $post_id The post.
 */
function tirage_refresh_state( int $post_id ): void {
	if ( ! tirage_is_connected() || ! tirage_states_are_due() ) {
		return;
	}
	$asked_at = (int) get_post_meta( $post_id, '_tirage_stale', true );
	if ( $asked_at > time() - TIRAGE_FRESH_SECONDS ) {
		return; // somebody is at it.
	}
	update_post_meta( $post_id, '_tirage_stale', time() );
	if ( ! has_action( 'shutdown', 'tirage_fetch_states_soon' ) ) {
		add_action( 'shutdown', 'tirage_fetch_states_soon', 2 );
	}
}

/**
 * At the end of a request that found something stale.
 */
function tirage_fetch_states_soon(): void {
	tirage_run_soon( 'states' );
}

/**
 * Whether the service may be asked: not for a while after it gave no answer.
 */
function tirage_states_are_due(): bool {
	return (int) get_option( 'tirage_states_next_at', 0 ) <= time();
}

/**
 * Fetches what is stale, one request at a time for the whole blog.
 */
function tirage_run_states(): void {
	global $wpdb;
	$lock = tirage_is_connected() && tirage_states_are_due() ? tirage_take_lock( 'states', 60 ) : '';
	if ( '' === $lock ) {
		return;
	}
	$query = "SELECT DISTINCT post_id FROM {$wpdb->postmeta} WHERE meta_key = '_tirage_stale' LIMIT 100";
	$ids   = array_map( 'intval', $wpdb->get_col( $query ) );
	if ( $ids ) {
		tirage_fetch_states( $ids, 10 );
	}
	tirage_give_lock( 'states', $lock );
}
add_action( 'tirage_run_states', 'tirage_run_states' );
add_action( 'tirage_sweep', 'tirage_run_states' ); // where a blog can't call itself, nothing else would.

/**
 * Asks the service how contests stand, and keeps it.
 *
 * @param int[] $post_ids The posts, a hundred at most.
 * @param int   $timeout  In seconds.
 */
function tirage_fetch_states( array $post_ids, int $timeout ): void {
	$began    = time();
	$told     = tirage_call( 'contest.show', array( 'posts' => $post_ids ), $timeout );
	$failures = (int) get_option( 'tirage_states_failures', 0 );
	if ( is_wp_error( $told ) ) {
		update_option( 'tirage_states_failures', $failures + 1, true );
		update_option( 'tirage_states_next_at', time() + tirage_pause( TIRAGE_STATE_PAUSES, $failures + 1 ), true );
		return;
	}
	tirage_note_answer();
	$contests = is_array( $told['contests'] ?? null ) ? $told['contests'] : array();
	foreach ( $post_ids as $post_id ) {
		$known = tirage_state( $post_id );
		if ( is_array( $contests[ $post_id ] ?? null ) && ( null === $known || $known['fetched_at'] <= $began ) ) {
			tirage_store_state( $post_id, $contests[ $post_id ] );
			tirage_take_over( $post_id, $contests[ $post_id ] );
		} elseif ( null === $known ) {
			update_post_meta( $post_id, '_tirage_none_at', $began );
		}
		delete_post_meta( $post_id, '_tirage_stale' );
	}
}

/**
 * The service answers again, so it may be asked at once.
 */
function tirage_note_answer(): void {
	if ( (int) get_option( 'tirage_states_failures', 0 ) ) {
		update_option( 'tirage_states_failures', 0, true );
		update_option( 'tirage_states_next_at', 0, true );
	}
}

/**
 * Takes over what was changed at the service itself, so that the next save doesn't undo it; unless a change of the
 * writer's still waits to be handed over.
 *
 * @param int   $post_id The post.
 * @param array $told    From the service.
 */
function tirage_take_over( int $post_id, array $told ): void {
	$settings  = tirage_settings( $post_id );
	$is_waited = $settings['enabled'] && get_post_meta( $post_id, '_tirage_saved', true ) !== tirage_fingerprint( $settings );
	$closes_at = tirage_read_time( $told['closes_at'] ?? null );
	if ( $is_waited || false === $closes_at || ! is_array( $told['rules'] ?? null ) ) {
		return;
	}
	$theirs = array(
		'enabled' => true,
		'closes'  => wp_date( 'Y-m-d H:i', $closes_at ),
	);
	$names  = array_flip( array( 'winners', 'alternates', 'automatic', 'replies_count', 'staff_may_win', 'leave_out_held', 'excluded' ) );
	$theirs = tirage_clean_settings( array_merge( $settings, array_intersect_key( $told['rules'] + $told, $names ), $theirs ) );
	if ( $theirs !== $settings ) {
		update_post_meta( $post_id, '_tirage_settings', wp_slash( $theirs ) );
		update_post_meta( $post_id, '_tirage_saved', tirage_fingerprint( $theirs ) );
	}
}

/**
 * A phase in words.
 *
 * @param string $phase The phase.
 */
function tirage_phase_words( string $phase ): string {
	$words = array(
		'open'       => __( 'Open', 'tirage' ),
		'closing'    => __( 'Closing: the last entries are read', 'tirage' ),
		'review'     => __( 'Closed: the moderator reviews the entries', 'tirage' ),
		'sealed'     => __( 'Sealed: the list can’t change any more', 'tirage' ),
		'drawn'      => __( 'Drawn: the winners are not announced yet', 'tirage' ),
		'announcing' => __( 'The winner comment is being written', 'tirage' ),
		'announced'  => __( 'Announced', 'tirage' ),
	);
	return $words[ $phase ] ?? '';
}
