<?php
/**
 * How contests stand, kept with their posts: showing a page never waits for the service.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const TIRAGE_PHASES = array( 'open', 'closing', 'review', 'sealed', 'drawn', 'announcing', 'announced' );

/**
 * How a post's contest stands, as far as it is known; null for a post without one, also for a copy of one.
 *
 * @param int $post_id The post.
 */
function tirage_state( int $post_id ): ?array {
	$state = get_post_meta( $post_id, '_tirage_state', true );
	$added = array(
		'pools'        => array(),
		'compose'      => array(),
		'knows_claims' => false,
	); // not kept by earlier versions.
	return is_array( $state ) && $post_id === $state['post'] ? $state + $added : null;
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
		'pools'         => tirage_clean_pools( $told['pools'] ?? null ),
		'compose'       => tirage_clean_compose( $told['compose'] ?? null ),
		'knows_claims'  => isset( $told['claims'] ),
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
 * Who was drawn, by name and comment, or by the address of their post; and in which pool, for which prize.
 *
 * @param mixed $told From the service.
 */
function tirage_clean_drawn( $told ): array {
	$drawn = array();
	foreach ( array_filter( is_array( $told ) ? $told : array(), 'is_array' ) as $winner ) {
		$drawn[] = array(
			'name'    => tirage_clean_text( $winner['name'] ?? '', 200 ),
			'comment' => tirage_clean_count( $winner['comment'] ?? 0 ),
			'url'     => tirage_clean_https( $winner['url'] ?? '' ),
			'pool'    => tirage_clean_line( $winner['pool'] ?? '', TIRAGE_LONGEST_NAME ),
			'prize'   => tirage_clean_line( $winner['prize'] ?? '', TIRAGE_LONGEST_PRIZE ),
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
	$state['post']       = $post_id;
	$state['fetched_at'] = time();
	update_post_meta( $post_id, '_tirage_state', wp_slash( tirage_storable( $state ) ) );
	if ( $state['closes_at'] > time() ) {
		update_post_meta( $post_id, '_tirage_open_until', $state['closes_at'] );
	}
	if ( null === $before || $before['phase'] !== $state['phase'] ) {
		tirage_tell_caches( $post_id, $state );
	}
}

/**
 * A state as this blog's database can keep it: where its texts hold three bytes a character, an emoji in a name or a
 * prize would keep all of it out. As an entity it is shown the same.
 *
 * @param array $state How the contest stands.
 */
function tirage_storable( array $state ): array {
	global $wpdb;
	if ( ! in_array( $wpdb->get_col_charset( $wpdb->postmeta, 'meta_value' ), array( 'utf8', 'utf8mb3' ), true ) ) {
		return $state;
	}
	$entity = fn ( $found ) => sprintf( '&#x%x;', mb_ord( $found[0], 'UTF-8' ) );
	return map_deep( $state, fn ( $value ) => is_string( $value ) ? preg_replace_callback( '/[\x{10000}-\x{10FFFF}]/u', $entity, $value ) : $value );
}

/**
 * Tells page caches that a contest shows otherwise than before.
 *
 * @param int   $post_id The post.
 * @param array $state   How the contest stands.
 */
function tirage_tell_caches( int $post_id, array $state ): void {
	clean_post_cache( $post_id );
	/**
	 * A contest came into another phase, or its deadline passed: a page cache may drop the post's page.
	 *
	 * @param int   $post_id The post.
	 * @param array $state   How the contest stands.
	 */
	do_action( 'tirage_state_changed', $post_id, $state );
}

/**
 * Tells page caches of deadlines that passed: what they keep still says "Open until", and nothing else may happen then.
 */
function tirage_tell_of_deadlines(): void {
	global $wpdb;
	$query = "SELECT post_id FROM {$wpdb->postmeta} WHERE meta_key = '_tirage_open_until' AND meta_value + 0 <= %d LIMIT 100";
	foreach ( array_map( 'intval', $wpdb->get_col( $wpdb->prepare( $query, time() ) ) ) as $post_id ) {
		delete_post_meta( $post_id, '_tirage_open_until' );
		$state = tirage_state( $post_id );
		if ( null !== $state && $state['closes_at'] <= time() ) {
			tirage_tell_caches( $post_id, $state );
		}
	}
}
add_action( 'tirage_sweep', 'tirage_tell_of_deadlines' );

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
