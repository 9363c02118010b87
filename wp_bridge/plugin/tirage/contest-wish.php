<?php
/**
 * A contest as the service takes it, and whether the service has it so already.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const TIRAGE_ADDED = array( // to the settings of earlier versions.
	'pools',
	'one_prize',
	'needs_all',
	'reposts_count',
	'claim_days',
	'claim_fields',
	'publishes_list',
);

/**
 * What changes when the contest does. What was added later counts where it isn't the default, so that no contest of an
 * earlier version takes itself for changed.
 *
 * @param array $settings The settings.
 */
function tirage_fingerprint( array $settings ): string {
	$untold = array_merge( array( 'how_to' ), tirage_takes_posts( $settings['pools'] ) ? array() : TIRAGE_MESSAGE );
	foreach ( TIRAGE_ADDED as $name ) {
		if ( tirage_default_settings()[ $name ] === $settings[ $name ] ) {
			$untold[] = $name;
		}
	}
	return md5( (string) wp_json_encode( array_diff_key( $settings, array_flip( $untold ) ) ) );
}

/**
 * What the service was told last: 'post', 'service' (its address), 'fingerprint' and 'closes' as they were then; null
 * for nothing, and for a copy of the post that was handed over.
 *
 * @param int $post_id The post.
 */
function tirage_handed_over( int $post_id ): ?array {
	$saved = get_post_meta( $post_id, '_tirage_saved', true );
	return is_array( $saved ) && $post_id === $saved['post'] ? $saved : null;
}

/**
 * Whether the service has a contest as it is set up. Another service gets an open contest again, and none whose deadline
 * passed: it would draw a second time.
 *
 * @param int   $post_id  The post.
 * @param array $settings Its settings.
 */
function tirage_is_handed_over( int $post_id, array $settings ): bool {
	$saved = tirage_handed_over( $post_id );
	$state = tirage_state( $post_id );
	if ( null === $saved || tirage_fingerprint( $settings ) !== $saved['fingerprint'] ) {
		return false;
	}
	return tirage_service_url() === $saved['service'] || ( null !== $state && $state['closes_at'] <= time() );
}

/**
 * Notes that the service has these settings.
 *
 * @param int   $post_id  The post.
 * @param array $settings Its settings.
 */
function tirage_note_handed_over( int $post_id, array $settings ): void {
	$saved = array(
		'post'        => $post_id,
		'service'     => tirage_service_url(),
		'fingerprint' => tirage_fingerprint( $settings ),
		'closes'      => $settings['closes'],
	);
	update_post_meta( $post_id, '_tirage_saved', wp_slash( $saved ) );
}

/**
 * Notes that it isn't known whether the service has the settings.
 *
 * @param int $post_id The post.
 */
function tirage_note_in_doubt( int $post_id ): void {
	$saved = tirage_handed_over( $post_id );
	if ( null !== $saved ) {
		update_post_meta( $post_id, '_tirage_saved', wp_slash( array( 'fingerprint' => '' ) + $saved ) );
	}
}

/**
 * The deadline as an instant, in RFC 3339; '' for none. One that wasn't touched stays to the second what it is, though
 * the blog's clock may have come into another timezone since, or may show the same minute twice.
 *
 * @param int    $post_id The post.
 * @param string $closes  On the blog's clock.
 */
function tirage_deadline( int $post_id, string $closes ): string {
	$state = tirage_state( $post_id );
	$saved = tirage_handed_over( $post_id );
	$shown = array( $saved['closes'] ?? null, $state ? wp_date( 'Y-m-d H:i', $state['closes_at'] ) : null );
	$time  = $state && in_array( $closes, $shown, true ) ? $state['closes_at'] : tirage_local_time( $closes );
	return null === $time ? '' : (string) wp_date( DATE_RFC3339, $time );
}

/**
 * The seconds since 1970 of a minute on the blog's clock; of the later one where the clock shows it twice in autumn, so
 * that nobody is shut out; null for one that it skips in spring, and for none.
 *
 * @param string $text As "2026-11-27 17:00".
 */
function tirage_local_time( string $text ): ?int {
	$moment = date_create_immutable_from_format( '!Y-m-d H:i', $text, wp_timezone() );
	$first  = $moment ? $moment->getTimestamp() : 0;
	$found  = null;
	foreach ( array( 0, 30 * MINUTE_IN_SECONDS, HOUR_IN_SECONDS ) as $later ) { // the clock of Lord Howe goes by half an hour.
		$found = wp_date( 'Y-m-d H:i', $first + $later ) === $text ? $first + $later : $found;
	}
	return $found;
}

/**
 * The contest as the service takes it.
 *
 * @param int    $post_id  The post.
 * @param array  $settings Its settings.
 * @param string $actor    The login of whoever saved it.
 */
function tirage_wish( int $post_id, array $settings, string $actor ): array {
	$wish = array(
		'post'      => $post_id,
		'actor'     => '' !== $actor ? $actor : 'wordpress',
		'url'       => tirage_blog_address(),
		'closes'    => tirage_deadline( $post_id, $settings['closes'] ),
		'automatic' => $settings['automatic'],
		'rules'     => array_intersect_key( $settings, array_flip( TIRAGE_RULES ) ),
	);
	if ( tirage_takes_posts( $settings['pools'] ) ) {
		$wish['message'] = tirage_message_wish( $post_id, $settings );
	}
	$places = $settings['pools'] ? array( 'pools' ) : array( 'winners', 'alternates' );
	return $wish + tirage_claims_wish( $post_id, $settings ) + array_intersect_key( $settings, array_flip( $places ) );
}
