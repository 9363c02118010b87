<?php
/**
 * What rings: each thing that happens to comments and posts becomes a row, before anything is sent.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Notes an event and has it sent when the request ends; once, as long as it isn't on its way.
 *
 * @param string $event      Such as 'comment.added'.
 * @param int    $post_id    The post, 0 for the whole blog.
 * @param int    $comment_id The comment, 0 for the post itself.
 */
function tirage_ring( string $event, int $post_id = 0, int $comment_id = 0 ): void {
	global $wpdb;
	static $rung = array();
	$key         = "$event|$post_id|$comment_id|" . get_current_blog_id();
	if ( ! tirage_is_connected() || ( isset( $rung[ $key ] ) && tirage_rings_later( $rung[ $key ] ) ) ) {
		return;
	}
	$wpdb->insert(
		tirage_events_table(),
		array(
			'event'      => $event,
			'post_id'    => $post_id,
			'comment_id' => $comment_id,
			'created_at' => gmdate( 'Y-m-d H:i:s' ),
		),
		array( '%s', '%d', '%d', '%s' )
	);
	$rung[ $key ] = (int) $wpdb->insert_id;
	if ( is_multisite() && ms_is_switched() ) {
		tirage_try_by( time() ); // this request sends for its own site alone.
	}
	if ( ! has_action( 'shutdown', 'tirage_send_after_events' ) ) {
		add_action( 'shutdown', 'tirage_send_after_events', 1 );
	}
	/**
	 * Something happened to a post, a comment or a person.
	 */
	do_action( 'tirage_rang', $event, $post_id, $comment_id );
}

/**
 * Whether an event still waits to become part of a delivery: what happened since is read when that one arrives.
 *
 * @param int $id Its row.
 */
function tirage_rings_later( int $id ): bool {
	global $wpdb;
	$query = 'SELECT COUNT(*) FROM ' . tirage_events_table() . " WHERE id = %d AND delivery = '' AND state = 'waiting'";
	return (bool) $wpdb->get_var( $wpdb->prepare( $query, $id ) );
}

/**
 * Rings for a comment, unless it is of a kind that nobody enters a contest with.
 *
 * @param string           $event   The event.
 * @param int|string       $id      The comment's id.
 * @param WP_Comment|null  $comment The comment, where the hook has it.
 */
function tirage_ring_comment( string $event, $id, $comment = null ): void {
	$comment = $comment instanceof WP_Comment ? $comment : get_comment( (int) $id );
	if ( ! $comment || ! in_array( $comment->comment_type, array( '', 'comment', 'pingback', 'trackback' ), true ) ) {
		return;
	}
	$type = get_post_type( (int) $comment->comment_post_ID );
	if ( false === $type || is_post_type_viewable( $type ) ) { // a deleted post has no type any more.
		tirage_ring( $event, (int) $comment->comment_post_ID, (int) $id );
	}
}

/**
 * A comment came, by the form, REST or XML-RPC: the only hook that fires for all three.
 *
 * @param int|string $id      The comment's id.
 * @param WP_Comment $comment The comment.
 */
function tirage_on_comment_added( $id, $comment ): void {
	tirage_ring_comment( 'comment.added', $id, $comment );
}
add_action( 'wp_insert_comment', 'tirage_on_comment_added', 10, 2 );

/**
 * A comment was approved, held, called spam, binned or restored.
 *
 * @param string     $new_status The new status; 'delete' has a hook of its own.
 * @param string     $old_status The former one.
 * @param WP_Comment $comment    The comment.
 */
function tirage_on_comment_status( $new_status, $old_status, $comment ): void {
	if ( 'delete' !== $new_status && $new_status !== $old_status ) {
		tirage_ring_comment( 'comment.status_changed', $comment->comment_ID, $comment );
	}
}
add_action( 'transition_comment_status', 'tirage_on_comment_status', 10, 3 );

/**
 * A comment was edited.
 *
 * @param int|string $id The comment's id.
 */
function tirage_on_comment_edited( $id ): void {
	tirage_ring_comment( 'comment.edited', $id );
}
add_action( 'edit_comment', 'tirage_on_comment_edited' );

/**
 * A comment was deleted for good.
 *
 * @param int|string      $id      The comment's id.
 * @param WP_Comment|null $comment What it was.
 */
function tirage_on_comment_deleted( $id, $comment = null ): void {
	tirage_ring_comment( 'comment.deleted', $id, $comment );
}
add_action( 'deleted_comment', 'tirage_on_comment_deleted', 10, 2 );

/**
 * Rings for a post that readers could see, not for its revisions.
 *
 * @param string  $event The event.
 * @param WP_Post $post  The post.
 */
function tirage_ring_post( string $event, WP_Post $post ): void {
	if ( 'revision' !== $post->post_type && is_post_type_viewable( $post->post_type ) ) {
		tirage_ring( $event, $post->ID );
	}
}

/**
 * A post was published, binned or restored.
 *
 * @param string  $new_status The new status.
 * @param string  $old_status The former one.
 * @param WP_Post $post       The post.
 */
function tirage_on_post_status( $new_status, $old_status, $post ): void {
	if ( $new_status === $old_status ) {
		return;
	}
	if ( 'trash' === $new_status ) {
		tirage_ring_post( 'post.binned', $post );
	} elseif ( 'trash' === $old_status ) {
		tirage_ring_post( 'post.restored', $post );
	} elseif ( 'publish' === $new_status ) {
		tirage_ring_post( 'post.published', $post );
	}
}
add_action( 'transition_post_status', 'tirage_on_post_status', 10, 3 );

/**
 * The comments of a post went into the bin or came back with it, which no hook tells one by one.
 *
 * @param int $post_id The post.
 */
function tirage_on_comments_binned( $post_id ): void {
	$post = get_post( (int) $post_id );
	if ( $post ) {
		tirage_ring_post( 'trashed_post_comments' === current_action() ? 'post.binned' : 'post.restored', $post );
	}
}
add_action( 'trashed_post_comments', 'tirage_on_comments_binned' );
add_action( 'untrashed_post_comments', 'tirage_on_comments_binned' );

/**
 * A post got another title, address, author or date.
 *
 * @param int     $post_id The post.
 * @param WP_Post $after   As it is now.
 * @param WP_Post $before  As it was.
 */
function tirage_on_post_updated( $post_id, $after, $before ): void {
	foreach ( array( 'post_title', 'post_name', 'post_author', 'post_date_gmt', 'comment_status' ) as $field ) {
		if ( (string) $after->$field !== (string) $before->$field ) {
			tirage_ring_post( 'post.changed', $after );
			return;
		}
	}
}
add_action( 'post_updated', 'tirage_on_post_updated', 10, 3 );

/**
 * Somebody's personal data were erased, which changes comments past all hooks.
 */
function tirage_on_erased(): void {
	tirage_ring( 'privacy.erased' );
}
add_action( 'wp_privacy_personal_data_erased', 'tirage_on_erased' );
