<?php
/**
 * WordPress's privacy tools reach what the service keeps: export, erase, and words for the privacy policy.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Adds our exporter.
 *
 * @param array $exporters What WordPress has.
 */
function tirage_add_exporter( $exporters ): array {
	$exporters['tirage'] = array(
		'exporter_friendly_name' => __( 'Giveaways (Tirage)', 'tirage' ),
		'callback'               => 'tirage_export',
	);
	return $exporters;
}
add_filter( 'wp_privacy_personal_data_exporters', 'tirage_add_exporter' );

/**
 * Adds our eraser.
 *
 * @param array $erasers What WordPress has.
 */
function tirage_add_eraser( $erasers ): array {
	$erasers['tirage'] = array(
		'eraser_friendly_name' => __( 'Giveaways (Tirage)', 'tirage' ),
		'callback'             => 'tirage_erase',
	);
	return $erasers;
}
add_filter( 'wp_privacy_personal_data_erasers', 'tirage_add_eraser' );

/**
 * What the service keeps under an e-mail address.
 *
 * @param string $email The address.
 * @return array|WP_Error As WordPress wants it.
 */
function tirage_export( $email ) {
	if ( ! tirage_is_connected() ) {
		return tirage_exported( array() );
	}
	$told = tirage_call( 'privacy.export', array( 'email' => (string) $email ), 20 );
	if ( is_wp_error( $told ) ) {
		return $told;
	}
	$items = isset( $told['items'] ) && is_array( $told['items'] ) ? array_filter( $told['items'], 'is_array' ) : array();
	return tirage_exported( array_map( 'tirage_exported_item', array_values( $items ) ) );
}

/**
 * The exporter's answer.
 *
 * @param array $items What was found.
 */
function tirage_exported( array $items ): array {
	return array(
		'data' => $items,
		'done' => true,
	);
}

/**
 * One entry as WordPress's export shows it.
 *
 * @param array $item From the service.
 */
function tirage_exported_item( array $item ): array {
	$labels = array(
		'name'         => __( 'Name', 'tirage' ),
		'email'        => __( 'E-mail address', 'tirage' ),
		'website'      => __( 'Website', 'tirage' ),
		'ip'           => __( 'IP address', 'tirage' ),
		'handles'      => __( 'Accounts on social networks', 'tirage' ),
		'posts'        => __( 'Posts on social networks', 'tirage' ),
		'submitted_at' => __( 'Entered at', 'tirage' ),
		'claimed_at'   => __( 'Prize claimed at', 'tirage' ),
		'told'         => __( 'Told to claim the prize', 'tirage' ),
		'excluded'     => __( 'Listed among those that may not win', 'tirage' ),
	);
	$told   = isset( $item['data'] ) && is_array( $item['data'] ) ? $item['data'] : array();
	$data   = array(
		array(
			'name'  => __( 'Contest', 'tirage' ),
			'value' => esc_html( is_string( $item['title'] ?? null ) ? $item['title'] : '' ),
		),
	);
	foreach ( $labels as $key => $label ) {
		if ( isset( $told[ $key ] ) && is_string( $told[ $key ] ) && '' !== $told[ $key ] ) {
			$data[] = array(
				'name'  => $label,
				'value' => esc_html( $told[ $key ] ),
			);
		}
	}
	return array(
		'group_id'    => 'tirage',
		'group_label' => __( 'Entries in giveaways', 'tirage' ),
		'item_id'     => 'tirage-' . (int) ( $item['contest'] ?? 0 ) . '-' . (int) ( $item['comment'] ?? 0 ),
		'data'        => $data,
	);
}

/**
 * Has the service erase what it keeps under an e-mail address.
 *
 * @param string $email The address.
 * @return array|WP_Error As WordPress wants it.
 */
function tirage_erase( $email ) {
	$told = tirage_is_connected() ? tirage_call( 'privacy.erase', array( 'email' => (string) $email ), 20 ) : array();
	if ( is_wp_error( $told ) ) {
		return $told;
	}
	$kept = isset( $told['kept'] ) && is_array( $told['kept'] ) ? array_filter( $told['kept'], 'is_string' ) : array();
	$left = (string) get_option( 'tirage_left_service', '' );
	if ( '' !== $left && ! tirage_is_connected() ) {
		/* translators: %s: address of the service */
		$kept[] = sprintf( __( 'The Tirage service at %s isn’t connected to this blog any more and may still keep data of this person: ask whoever runs it to erase them.', 'tirage' ), $left );
	}
	return array(
		'items_removed'  => (int) ( $told['erased'] ?? 0 ) > 0,
		'items_retained' => array() !== $kept,
		'messages'       => array_map( 'esc_html', array_values( $kept ) ),
		'done'           => true,
	);
}

/**
 * Erases once more when all erasers are through: ours may have come before WordPress's own, and the service may have
 * read the comments again between the two.
 *
 * @param int|string $request_id The request.
 */
function tirage_erase_again( $request_id ): void {
	$request = wp_get_user_request( (int) $request_id );
	if ( $request instanceof WP_User_Request && tirage_is_connected() ) {
		tirage_call( 'privacy.erase', array( 'email' => $request->email ), 10 );
	}
}
add_action( 'wp_privacy_personal_data_erased', 'tirage_erase_again' );

/**
 * Suggests a text for the privacy policy.
 */
function tirage_suggest_policy(): void {
	$paragraphs = array(
		__( 'When you comment on a post with a giveaway, our Tirage service stores your entry: your name, e-mail address, website and IP address as you gave them with your comment, when you commented, and a fingerprint of your comment’s text, not the text itself.', 'tirage' ),
		__( 'They are used to decide who can win, to draw the winners and to recognise who entered twice. The page that proves a draw shows the winners’ names; of everybody else it shows only the numbers of their comments or the addresses of their posts, and no e-mail or IP address of anybody.', 'tirage' ),
		__( 'When you take part with a post on X, Mastodon or Bluesky, our service also stores the address of that post, your name and handle there, when you posted, the links, hashtags and accounts in it, and a fingerprint of its text. It asks that network whether the post is still there.', 'tirage' ),
		__( 'This blog tells the service only that a comment or post changed, by its number; the service then reads it from the blog.', 'tirage' ),
		__( 'You can ask for what is stored about you, and have it erased.', 'tirage' ),
	);
	$text       = '';
	foreach ( $paragraphs as $paragraph ) {
		$text .= '<p>' . esc_html( $paragraph ) . '</p>';
	}
	wp_add_privacy_policy_content( 'Tirage', $text );
}
add_action( 'admin_init', 'tirage_suggest_policy' );
