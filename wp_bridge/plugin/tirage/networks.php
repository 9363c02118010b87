<?php
/**
 * The networks on which entrants post: the message as the service composed it for each, and what readers post it with.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const TIRAGE_NETWORKS = array( // in this order.
	'x'        => 'X',
	'mastodon' => 'Mastodon',
	'bluesky'  => 'Bluesky',
);

/**
 * What the service composed, in our order of the networks, with nothing in it that doesn't belong there.
 *
 * @param mixed $told From the service.
 */
function tirage_clean_compose( $told ): array {
	$composed = array();
	foreach ( array_filter( is_array( $told ) ? $told : array(), 'is_array' ) as $one ) {
		$network = is_string( $one['network'] ?? null ) ? $one['network'] : '';
		if ( isset( TIRAGE_NETWORKS[ $network ] ) ) {
			$composed[ $network ] = array(
				'network' => $network,
				'url'     => tirage_clean_https( $one['url'] ?? '' ),
				'text'    => tirage_clean_message( array( 'message' => $one['text'] ?? '' ) )['message'],
				'length'  => tirage_clean_count( $one['length'] ?? 0 ),
				'longest' => tirage_clean_count( $one['longest'] ?? 0 ),
				'fits'    => false !== ( $one['fits'] ?? true ),
			);
		}
	}
	return array_values( array_filter( array_replace( array_fill_keys( array_keys( TIRAGE_NETWORKS ), null ), $composed ) ) );
}

/**
 * An https address that leads to the host that was sent; '' for any other. Line breaks in it become blanks, as WordPress
 * would glue the words together.
 *
 * @param mixed $value From the service.
 */
function tirage_clean_https( $value ): string {
	$sent = is_string( $value ) ? (string) preg_replace( '/(%0d)?%0a|%0d/i', '%20', $value ) : '';
	$url  = esc_url_raw( $sent, array( 'https' ) );
	$host = '#^https://[a-z0-9.-]+(?::\d+)?(?=[/?\#]|$)#i'; // no name or password before it.
	return preg_match( $host, $sent, $is ) && preg_match( $host, $url, $was ) && $is[0] === $was[0] ? $url : '';
}

/**
 * Where the message is too long, in sentences.
 *
 * @param array $composed The message for each network.
 * @return string[]
 */
function tirage_too_long( array $composed ): array {
	$told = array();
	foreach ( $composed as $one ) {
		$over = $one['length'] - $one['longest'];
		if ( ! $one['fits'] ) {
			/* translators: 1: name of a network, 2: number of characters */
			$words  = _n( 'The message is too long for %1$s by %2$s character.', 'The message is too long for %1$s by %2$s characters.', $over, 'tirage' );
			$told[] = sprintf( $words, TIRAGE_NETWORKS[ $one['network'] ], number_format_i18n( $over ) );
		}
	}
	return $told;
}

/**
 * How to post the message: plain links, nothing is loaded from the networks.
 *
 * @param array $composed The message for each network.
 */
function tirage_share_html( array $composed ): string {
	$links = '';
	foreach ( array_filter( $composed, fn ( $one ) => '' !== $one['url'] ) as $one ) {
		/* translators: %s: name of a network */
		$words  = sprintf( __( 'Post on %s', 'tirage' ), TIRAGE_NETWORKS[ $one['network'] ] );
		$url    = esc_url( $one['url'], array( 'https' ) );
		$links .= '<a class="tirage-share" rel="noopener nofollow" target="_blank" href="' . $url . '">' . esc_html( $words ) . '</a> ';
	}
	if ( '' === $links ) {
		return '';
	}
	$then = __( 'Post it, then put the address of your post into a comment here: that is how it is found.', 'tirage' );
	return '<p class="tirage-shares">' . trim( $links ) . '</p>' . tirage_elsewhere_html( $composed ) . '<p class="tirage-then">' . esc_html( $then ) . '</p>';
}

/**
 * For who is at home on another Mastodon server than the one that the link leads to: the text to copy. WordPress leaves
 * quotes and smileys in a <pre> as they are.
 *
 * @param array $composed The message for each network.
 */
function tirage_elsewhere_html( array $composed ): string {
	$mastodon = array_column( $composed, null, 'network' )['mastodon'] ?? null;
	if ( null === $mastodon || '' === $mastodon['url'] || '' === $mastodon['text'] ) {
		return '';
	}
	/* translators: %s: name of a server, such as mastodon.social */
	$words = sprintf( __( 'Is your Mastodon account elsewhere than on %s? Copy the text.', 'tirage' ), wp_parse_url( $mastodon['url'], PHP_URL_HOST ) );
	return '<details class="tirage-elsewhere"><summary>' . esc_html( $words ) . '</summary><pre class="tirage-text">' . esc_html( $mastodon['text'] ) . '</pre></details>';
}
