<?php
/**
 * A contest's settings, kept with its post: what they are, who may write them, and what is kept of what is sent.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const TIRAGE_MOST_PLACES   = 1000;
const TIRAGE_MOST_EXCLUDED = 500;
const TIRAGE_RULES         = array( 'replies_count', 'staff_may_win', 'leave_out_held', 'one_prize', 'needs_all', 'reposts_count', 'excluded' );

/**
 * The settings of a post that nobody made a contest of.
 */
function tirage_default_settings(): array {
	return array(
		'enabled'        => false,
		'closes'         => '',
		'winners'        => 1,
		'alternates'     => 3,
		'automatic'      => false,
		'replies_count'  => false,
		'staff_may_win'  => false,
		'leave_out_held' => false,
		'excluded'       => array(),
		'message'        => '',
		'how_to'         => '',
		'pools'          => array(),
		'one_prize'      => true,
		'needs_all'      => false,
		'reposts_count'  => false,
		'links'          => array(),
		'hashtags'       => array(),
		'mentions'       => array(),
		'no_link'        => false,
		'claim_days'     => 0,
		'claim_fields'   => array(),
		'publishes_list' => false,
	);
}

/**
 * Settings with everything in its place, whatever was sent.
 *
 * @param mixed $value From the editor, a form or another client.
 */
function tirage_clean_settings( $value ): array {
	$given    = is_array( $value ) ? $value : (array) $value;
	$settings = tirage_default_settings();
	foreach ( array_keys( $settings, false, true ) as $name ) {
		$settings[ $name ] = is_scalar( $given[ $name ] ?? null ) && rest_sanitize_boolean( $given[ $name ] );
	}
	$settings['one_prize']  = ! isset( $given['one_prize'] ) || ( is_scalar( $given['one_prize'] ) && rest_sanitize_boolean( $given['one_prize'] ) );
	$settings['winners']    = tirage_clean_number( $given['winners'] ?? 1, 1 );
	$settings['alternates'] = tirage_clean_number( $given['alternates'] ?? 3, 0 );
	$settings['closes']     = tirage_clean_time( $given['closes'] ?? '' );
	$settings['how_to']     = tirage_clean_text( $given['how_to'] ?? '', 500 );
	$settings['excluded']   = tirage_clean_list( $given['excluded'] ?? null );
	$settings['pools']      = tirage_clean_pools( $given['pools'] ?? null );
	return tirage_with_pools( array_merge( $settings, tirage_clean_message( $given ), tirage_clean_claims( $given ) ) );
}

/**
 * Who may not win, each once.
 *
 * @param mixed $value As sent.
 * @return string[]
 */
function tirage_clean_list( $value ): array {
	$names = array();
	foreach ( array_slice( is_array( $value ) ? $value : array(), 0, TIRAGE_MOST_EXCLUDED ) as $who ) {
		$names[] = tirage_clean_text( $who, 320 );
	}
	return array_values( array_unique( array_filter( $names, 'strlen' ) ) );
}

/**
 * A whole number, of places unless said otherwise.
 *
 * @param mixed $value As sent.
 * @param int   $least The least that makes sense.
 * @param int   $most  The most that does.
 */
function tirage_clean_number( $value, int $least, int $most = TIRAGE_MOST_PLACES ): int {
	return max( $least, min( $most, is_numeric( $value ) ? (int) $value : $least ) );
}

/**
 * A time on the blog's clock as "2026-11-27 17:00"; '' for anything else.
 *
 * @param mixed $value As sent, also with the T of a browser's field.
 */
function tirage_clean_time( $value ): string {
	$text = is_string( $value ) ? $value : '';
	return preg_match( '/^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?$/', $text, $parts ) ? "$parts[1] $parts[2]" : '';
}

/**
 * One line of plain text.
 *
 * @param mixed $value   As sent.
 * @param int   $longest Its length at most, in characters.
 */
function tirage_clean_text( $value, int $longest ): string {
	return is_string( $value ) ? mb_substr( sanitize_text_field( $value ), 0, $longest ) : '';
}

/**
 * One line of text as it was typed, also with what would be HTML elsewhere: who prints it escapes it.
 *
 * @param mixed $value   As sent.
 * @param int   $longest Its length at most, in characters.
 */
function tirage_clean_line( $value, int $longest ): string {
	$line = is_string( $value ) ? trim( (string) preg_replace( '/[\p{Z}\p{Cc}]+/u', ' ', $value ) ) : '';
	return trim( mb_substr( $line, 0, $longest ) );
}

/**
 * The settings of a post.
 *
 * @param int $post_id The post.
 */
function tirage_settings( int $post_id ): array {
	$kept = get_post_meta( $post_id, '_tirage_settings', true );
	return is_array( $kept ) ? tirage_clean_settings( $kept ) : tirage_default_settings();
}

/**
 * Keeps the settings of a post, and whose they are.
 *
 * @param int   $post_id  The post.
 * @param array $settings The settings.
 */
function tirage_keep_settings( int $post_id, array $settings ): void {
	update_post_meta( $post_id, '_tirage_post', $post_id ); // first, or a copy's own would be compared with none.
	update_post_meta( $post_id, '_tirage_settings', wp_slash( $settings ) );
}

/**
 * Whether a post's settings are those of the post it was copied from.
 *
 * @param int $post_id The post.
 */
function tirage_is_copied( int $post_id ): bool {
	$owner = (int) get_post_meta( $post_id, '_tirage_post', true );
	return 0 !== $owner && $post_id !== $owner;
}

/**
 * A copy of a post is no contest, though the plugin that made it copied the settings too: it would open with the
 * deadline of the other, before its writer decided anything.
 *
 * @param mixed  $value   What to read instead; null for what is stored.
 * @param int    $post_id The post.
 * @param string $key     The meta key.
 * @return mixed
 */
function tirage_hide_copied_settings( $value, $post_id, $key ) {
	if ( '_tirage_settings' !== $key ) {
		return $value;
	}
	return tirage_is_copied( (int) $post_id ) ? array( tirage_default_settings() ) : $value;
}
add_filter( 'get_post_metadata', 'tirage_hide_copied_settings', 10, 3 );

/**
 * Whether the user may make a contest of a post: who may publish it.
 *
 * @param int $post_id The post.
 */
function tirage_may_set_up( int $post_id ): bool {
	return current_user_can( 'edit_post', $post_id ) && current_user_can( 'publish_post', $post_id );
}

/**
 * The kinds of posts that can carry a contest: what readers can see and comment on.
 *
 * @return string[]
 */
function tirage_post_types(): array {
	$types = get_post_types( array( 'public' => true ) );
	return array_values(
		array_filter(
			$types,
			static function ( $type ) {
				return post_type_supports( $type, 'comments' ) && 'attachment' !== $type;
			}
		)
	);
}
