<?php
/**
 * A post's comments by the thousand, as the database has them: what makes reading a large contest fast.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const TIRAGE_MOST_COMMENTS = 5000;
const TIRAGE_MOST_BYTES    = 8000000;
const TIRAGE_ROWS_AT_ONCE  = 250; // of the longest: 16 MB.

/**
 * Whether the user may see every comment with its e-mail address.
 *
 * @return true|WP_Error
 */
function tirage_may_moderate() {
	if ( current_user_can( 'moderate_comments' ) ) {
		return true;
	}
	$message = __( 'This takes an account that may moderate comments: an editor’s or an administrator’s.', 'tirage' );
	return new WP_Error( 'rest_forbidden', $message, array( 'status' => rest_authorization_required_code() ) );
}

/**
 * The comments of a post after an id, by rising id.
 *
 * @param WP_REST_Request $request With post, after_id and limit.
 * @return WP_REST_Response|WP_Error
 */
function tirage_get_comments( WP_REST_Request $request ) {
	if ( ! get_post( $request['post'] ) ) {
		$message = __( 'There is no such post.', 'tirage' );
		return new WP_Error( 'rest_post_invalid_id', $message, array( 'status' => 404 ) );
	}
	$rows = tirage_enough_rows( $request['post'], $request['after_id'], $request['limit'] );
	$kept = tirage_cut( $rows, $request['limit'] );
	$more = count( $kept ) < count( $rows );
	return new WP_REST_Response(
		array(
			'comments' => $kept,
			'more'     => $more,
			'counts'   => $more ? null : (object) tirage_comment_counts( $request['post'] ),
		)
	);
}

/**
 * One row more than go into an answer, read a few at a time: thousands of the longest would be more than PHP may hold.
 *
 * @param int $post_id  The post.
 * @param int $after_id Comments with a greater id.
 * @param int $limit    How many the answer may have; none are read for 0.
 */
function tirage_enough_rows( int $post_id, int $after_id, int $limit ): array {
	$rows    = array();
	$goes_on = $limit > 0;
	while ( $goes_on ) {
		$size     = min( TIRAGE_ROWS_AT_ONCE, $limit + 1 - count( $rows ) );
		$fresh    = tirage_comment_rows( $post_id, $after_id, $size );
		$rows     = array_merge( $rows, $fresh );
		$after_id = $fresh ? (int) end( $fresh )['comment_ID'] : $after_id;
		$goes_on  = count( $fresh ) === $size && count( $rows ) <= $limit && count( tirage_cut( $rows, $limit ) ) === count( $rows );
	}
	return $rows;
}

/**
 * Rows of the comments table. The editors' notes of WordPress 6.9 stand in it too, and are none of ours.
 *
 * @param int $post_id  The post.
 * @param int $after_id Comments with a greater id.
 * @param int $limit    How many at most.
 */
function tirage_comment_rows( int $post_id, int $after_id, int $limit ): array {
	global $wpdb;
	$query = "SELECT comment_ID, comment_post_ID, comment_parent, user_id, comment_author, comment_author_email,
			comment_author_url, comment_author_IP, comment_date, comment_date_gmt, comment_approved, comment_type,
			comment_content
		FROM {$wpdb->comments}
		WHERE comment_post_ID = %d AND comment_ID > %d AND comment_type <> 'note'
		ORDER BY comment_ID LIMIT %d";
	return (array) $wpdb->get_results( $wpdb->prepare( $query, $post_id, $after_id, $limit ), ARRAY_A );
}

/**
 * The first rows that fit into one answer, at least one.
 *
 * @param array $rows  Rows of the comments table.
 * @param int   $limit How many at most.
 */
function tirage_cut( array $rows, int $limit ): array {
	$bytes = 0;
	foreach ( array_slice( $rows, 0, $limit ) as $number => $row ) {
		$bytes += 600 + strlen( $row['comment_content'] );
		if ( $bytes > TIRAGE_MOST_BYTES && $number > 0 ) {
			return array_slice( $rows, 0, $number );
		}
	}
	return array_slice( $rows, 0, $limit );
}

/**
 * How many comments a post has, by comment_approved.
 *
 * @param int $post_id The post.
 */
function tirage_comment_counts( int $post_id ): array {
	global $wpdb;
	$query = "SELECT comment_approved, COUNT(*) AS number FROM {$wpdb->comments}
		WHERE comment_post_ID = %d AND comment_type <> 'note' GROUP BY comment_approved";
	$rows  = (array) $wpdb->get_results( $wpdb->prepare( $query, $post_id ) );
	return array_map( 'intval', wp_list_pluck( $rows, 'number', 'comment_approved' ) );
}

/**
 * Offers the route.
 */
function tirage_register_comments_route(): void {
	register_rest_route(
		'tirage/v1',
		'/comments',
		array(
			'methods'             => 'GET',
			'callback'            => 'tirage_get_comments',
			'permission_callback' => 'tirage_may_moderate',
			'args'                => array(
				'post'     => array(
					'type'     => 'integer',
					'minimum'  => 1,
					'required' => true,
				),
				'after_id' => array(
					'type'    => 'integer',
					'minimum' => 0,
					'default' => 0,
				),
				'limit'    => array(
					'type'    => 'integer',
					'minimum' => 0,
					'maximum' => TIRAGE_MOST_COMMENTS,
					'default' => 1000,
				),
			),
		)
	);
}
add_action( 'rest_api_init', 'tirage_register_comments_route' );
