<?php
/**
 * The message that entrants are asked to post on a network: its text, links, hashtags and the accounts it mentions.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const TIRAGE_MESSAGE         = array( 'message', 'links', 'hashtags', 'mentions', 'no_link' ); // the settings it is made of.
const TIRAGE_LONGEST_MESSAGE = 1000;
const TIRAGE_MOST_ASKED      = 10; // links, hashtags or mentions.

/**
 * The settings of the message with everything in their place, whatever was sent.
 *
 * @param array $given The settings as sent.
 */
function tirage_clean_message( array $given ): array {
	$message  = is_string( $given['message'] ?? null ) ? str_replace( "\r\n", "\n", $given['message'] ) : '';
	$message  = trim( (string) preg_replace( '/[^\P{Cc}\n]/u', ' ', $message ) );
	$links    = tirage_clean_links( $given['links'] ?? null );
	$hashtags = tirage_clean_words( $given['hashtags'] ?? null, 100, '/^[#＃]+/u' );
	$mentions = tirage_clean_words( $given['mentions'] ?? null, 300, '/^@+/' );
	$is_bare  = is_scalar( $given['no_link'] ?? null ) && rest_sanitize_boolean( $given['no_link'] );
	return array(
		'message'  => mb_substr( $message, 0, TIRAGE_LONGEST_MESSAGE ),
		'links'    => $links,
		'hashtags' => $hashtags,
		'mentions' => $mentions,
		'no_link'  => $is_bare && ! $links && ( $hashtags || $mentions ), // something has to make a post count.
	);
}

/**
 * Web addresses, each once.
 *
 * @param mixed $value As sent: a list, or a text with blanks between them.
 * @return string[]
 */
function tirage_clean_links( $value ): array {
	$given = is_string( $value ) ? preg_split( '/\s+/', $value ) : $value;
	$links = array();
	foreach ( array_filter( is_array( $given ) ? $given : array(), 'is_string' ) as $link ) {
		$links[] = strlen( $link ) <= 2000 ? esc_url_raw( trim( $link ), array( 'http', 'https' ) ) : '';
	}
	return array_slice( array_values( array_unique( array_filter( $links, 'strlen' ) ) ), 0, TIRAGE_MOST_ASKED );
}

/**
 * Hashtags or accounts without the mark before them, each once.
 *
 * @param mixed  $value   As sent: a list, or a text with blanks or commas between them.
 * @param int    $longest The length of each at most, in characters.
 * @param string $mark    A pattern of the mark.
 * @return string[]
 */
function tirage_clean_words( $value, int $longest, string $mark ): array {
	$given = is_string( $value ) ? preg_split( '/[\s,;]+/', $value ) : $value;
	$words = array();
	foreach ( is_array( $given ) ? $given : array() as $word ) {
		$words[] = (string) preg_replace( $mark, '', tirage_clean_line( $word, $longest ) );
	}
	return array_slice( array_values( array_unique( array_filter( $words, 'strlen' ) ) ), 0, TIRAGE_MOST_ASKED );
}

/**
 * The message as the service takes it. It puts in the post's address itself where nothing else makes a post count.
 *
 * @param int   $post_id  The post.
 * @param array $settings Its settings.
 */
function tirage_message_wish( int $post_id, array $settings ): array {
	$links = $settings['links'];
	if ( ! $links && ! $settings['no_link'] && ( $settings['hashtags'] || $settings['mentions'] ) ) {
		$links = array( (string) get_permalink( $post_id ) );
	}
	return array(
		'text'     => $settings['message'],
		'links'    => $links,
		'hashtags' => $settings['hashtags'],
		'mentions' => $settings['mentions'],
	);
}

/**
 * The settings of a message as the service has it; the post's own address is what no address means.
 *
 * @param int   $post_id The post.
 * @param array $told    From the service.
 */
function tirage_message_settings( int $post_id, array $told ): array {
	$links   = is_array( $told['links'] ?? null ) ? array_values( $told['links'] ) : array();
	$is_ours = tirage_clean_links( $links ) === array( esc_url_raw( (string) get_permalink( $post_id ) ) );
	return array(
		'message'  => $told['text'] ?? '',
		'links'    => $is_ours ? array() : $links,
		'hashtags' => $told['hashtags'] ?? null,
		'mentions' => $told['mentions'] ?? null,
		'no_link'  => array() === $links,
	);
}
