<?php
/**
 * The winner comment, at most once for each key: whoever asks twice gets the one that stands.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const TIRAGE_PENDING_SECONDS = 60;

/**
 * Writes a comment as the asking user, unless one was written with this key.
 *
 * @param WP_REST_Request $request With post, key, content and parent.
 * @return WP_REST_Response|WP_Error
 */
function tirage_write_winner_comment( WP_REST_Request $request ) {
	if ( '' === $request['key'] || false === strpos( $request['content'], $request['key'] ) ) {
		$message = __( 'The comment must hold its key.', 'tirage' );
		return new WP_Error( 'tirage_key_missing', $message, array( 'status' => 400 ) );
	}
	$option  = 'tirage_comment_' . sha1( $request['post'] . '|' . $request['key'] );
	$pending = 'pending:' . time() . ':' . wp_generate_password( 12, false );
	if ( ! tirage_claim_option( $option, $pending ) ) {
		$standing = tirage_standing_comment( $option, $pending, $request );
		if ( null !== $standing ) {
			return $standing;
		}
	}
	return tirage_create_comment( $option, $pending, $request );
}

/**
 * What another request with this key has come to; null when it is this one's turn after all.
 *
 * @param string          $option  Where the key's mark is.
 * @param string          $pending This request's own mark.
 * @param WP_REST_Request $request The request.
 * @return WP_REST_Response|WP_Error|null
 */
function tirage_standing_comment( string $option, string $pending, WP_REST_Request $request ) {
	$mark = tirage_read_option( $option );
	if ( ctype_digit( $mark ) && get_comment( (int) $mark ) ) {
		return new WP_REST_Response( array( 'id' => (int) $mark ), 200 );
	}
	$parts = explode( ':', $mark );
	if ( 'pending' === $parts[0] && (int) ( $parts[1] ?? 0 ) + TIRAGE_PENDING_SECONDS > time() ) {
		return tirage_still_pending();
	}
	// Whoever made the mark died, or its comment was deleted for good: one of those who ask now goes on.
	$is_ours = '' === $mark ? tirage_claim_option( $option, $pending ) : tirage_swap_option( $option, $mark, $pending );
	if ( ! $is_ours ) {
		return tirage_still_pending();
	}
	$found = tirage_find_own_comment( $request['post'], $request['key'] );
	if ( ! $found ) {
		return null;
	}
	tirage_swap_option( $option, $pending, (string) $found );
	return new WP_REST_Response( array( 'id' => $found ), 200 );
}

/**
 * The answer while another request writes the comment.
 */
function tirage_still_pending(): WP_Error {
	$message = __( 'Another request is writing this comment: ask again in a minute.', 'tirage' );
	return new WP_Error( 'tirage_comment_pending', $message, array( 'status' => 409 ) );
}

/**
 * The user's oldest comment on a post that holds the key as a whole; 0 when there is none.
 *
 * @param int    $post_id The post.
 * @param string $key     The key.
 */
function tirage_find_own_comment( int $post_id, string $key ): int {
	global $wpdb;
	$query = "SELECT comment_ID, comment_content FROM {$wpdb->comments}
		WHERE comment_post_ID = %d AND user_id = %d AND comment_content LIKE %s ORDER BY comment_ID";
	$like  = '%' . $wpdb->esc_like( $key ) . '%';
	$rows  = (array) $wpdb->get_results( $wpdb->prepare( $query, $post_id, get_current_user_id(), $like ) );
	foreach ( $rows as $row ) {
		if ( preg_match( '/' . preg_quote( $key, '/' ) . '(?![0-9A-Za-z])/', $row->comment_content ) ) {
			return (int) $row->comment_ID;
		}
	}
	return 0;
}

/**
 * Writes the comment by WordPress's own route, with all its checks, and keeps its id under the key.
 *
 * @param string          $option  Where the key's mark is.
 * @param string          $pending This request's mark.
 * @param WP_REST_Request $request The request.
 * @return WP_REST_Response|WP_Error
 */
function tirage_create_comment( string $option, string $pending, WP_REST_Request $request ) {
	$create = new WP_REST_Request( 'POST', '/wp/v2/comments' );
	$create->set_body_params(
		array(
			'post'    => $request['post'],
			'parent'  => $request['parent'],
			'content' => $request['content'],
		)
	);
	$answer = rest_do_request( $create );
	if ( $answer->is_error() ) {
		tirage_drop_mark( $option, $pending );
		return $answer->as_error();
	}
	$id = (int) $answer->get_data()['id'];
	tirage_swap_option( $option, $pending, (string) $id );
	return new WP_REST_Response( array( 'id' => $id ), 201 );
}

/**
 * Takes back the mark of a comment that WordPress refused.
 *
 * @param string $option  Where the mark is.
 * @param string $pending This request's mark.
 */
function tirage_drop_mark( string $option, string $pending ): void {
	global $wpdb;
	$query = "DELETE FROM {$wpdb->options} WHERE option_name = %s AND option_value = %s";
	$wpdb->query( $wpdb->prepare( $query, $option, $pending ) );
	wp_cache_delete( $option, 'options' );
}

/**
 * Offers the route.
 */
function tirage_register_winner_comment_route(): void {
	$text = array(
		'type'     => 'string',
		'required' => true,
	);
	register_rest_route(
		'tirage/v1',
		'/winner-comment',
		array(
			'methods'             => 'POST',
			'callback'            => 'tirage_write_winner_comment',
			'permission_callback' => 'tirage_may_moderate',
			'args'                => array(
				'post'    => array(
					'type'     => 'integer',
					'minimum'  => 1,
					'required' => true,
				),
				'key'     => $text + array( 'maxLength' => 500 ),
				'content' => $text,
				'parent'  => array(
					'type'    => 'integer',
					'minimum' => 0,
					'default' => 0,
				),
			),
		)
	);
}
add_action( 'rest_api_init', 'tirage_register_winner_comment_route' );
