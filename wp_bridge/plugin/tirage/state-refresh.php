<?php
/**
 * How contests stand, asked of the service behind the pages, and what was changed there.
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

/**
 * How a post's contest stands, for its writer, who waits some seconds for the service when what is known isn't new.
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
add_action( 'tirage_retry', 'tirage_run_states' );
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
	$contests = is_array( $told ) ? ( $told['contests'] ?? null ) : null;
	$failures = (int) get_option( 'tirage_states_failures', 0 );
	if ( ! is_array( $contests ) ) { // whatever else answers at this address says nothing about contests.
		update_option( 'tirage_states_failures', $failures + 1, true );
		update_option( 'tirage_states_next_at', time() + tirage_pause( TIRAGE_STATE_PAUSES, $failures + 1 ), true );
		return;
	}
	tirage_note_answer();
	foreach ( $post_ids as $post_id ) {
		$known = tirage_state( $post_id );
		if ( is_array( $contests[ $post_id ] ?? null ) && ( null === $known || $known['fetched_at'] <= $began ) ) {
			tirage_store_state( $post_id, $contests[ $post_id ] );
			tirage_take_over( $post_id, $contests[ $post_id ] );
		} elseif ( null === $known ) {
			update_post_meta( $post_id, '_tirage_none_at', $began );
		} elseif ( ! isset( $contests[ $post_id ] ) && $known['fetched_at'] < $began ) {
			tirage_forget_contest( $post_id, $known );
		}
		delete_post_meta( $post_id, '_tirage_stale' );
	}
}

/**
 * The service doesn't know a contest that was known: it begins anew with another database, say. An open one is handed
 * over by the next save; one whose deadline passed isn't, as it would be drawn a second time.
 *
 * @param int   $post_id The post.
 * @param array $state   How the contest stood.
 */
function tirage_forget_contest( int $post_id, array $state ): void {
	delete_post_meta( $post_id, '_tirage_state' );
	delete_post_meta( $post_id, '_tirage_saved' );
	if ( $state['closes_at'] <= time() ) {
		tirage_keep_settings( $post_id, array( 'enabled' => false ) + tirage_settings( $post_id ) );
	}
	clean_post_cache( $post_id );
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
	$is_fixed  = false === ( $told['is_changeable'] ?? true ); // then what waits to be handed over waits in vain.
	$is_waited = $settings['enabled'] && ! $is_fixed && ! tirage_is_handed_over( $post_id, $settings );
	$closes_at = tirage_read_time( $told['closes_at'] ?? null );
	if ( $is_waited || false === $closes_at || ! is_array( $told['rules'] ?? null ) ) {
		return;
	}
	$theirs = tirage_claims_settings( $told ) + array(
		'enabled' => true,
		'closes'  => wp_date( 'Y-m-d H:i', $closes_at ),
	);
	if ( is_array( $told['message'] ?? null ) && tirage_takes_posts( tirage_clean_pools( $told['pools'] ?? null ) ) ) {
		$theirs += tirage_message_settings( $post_id, $told['message'] );
	}
	$names  = array_merge( array( 'winners', 'alternates', 'pools', 'automatic' ), TIRAGE_RULES );
	$theirs = array_merge( $settings, array_intersect_key( $told['rules'] + $told, array_flip( $names ) ), $theirs );
	$theirs = tirage_clean_settings( $theirs );
	if ( $theirs !== $settings ) {
		tirage_keep_settings( $post_id, $theirs );
	}
	if ( ! tirage_is_handed_over( $post_id, $theirs ) ) {
		tirage_note_handed_over( $post_id, $theirs );
		delete_post_meta( $post_id, '_tirage_problem' );
	}
}
