<?php
/**
 * A post's contest, handed to the service whenever the post is saved, and told to the editor.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const TIRAGE_SAVE_PAUSES      = array( 30, 60, 300, 900, 3600 ); // seconds after the first, second, … failure.
const TIRAGE_OPENING_STATUSES = array( 'publish', 'private' ); // of a post whose contest can begin.

/**
 * A post was saved with everything that belongs to it: hand its contest over, if it has one that changed.
 *
 * @param int     $post_id The post.
 * @param WP_Post $post    The post.
 */
function tirage_on_post_saved( $post_id, $post ): void {
	if ( wp_is_post_revision( $post_id ) || wp_is_post_autosave( $post_id ) ) {
		return;
	}
	if ( in_array( $post->post_status, array( 'auto-draft', 'trash' ), true ) || ! in_array( $post->post_type, tirage_post_types(), true ) ) {
		return;
	}
	$settings = tirage_settings( $post_id );
	if ( ! $settings['enabled'] ) {
		delete_post_meta( $post_id, '_tirage_problem' ); // it is no contest any more, so nothing is tried again.
		return;
	}
	if ( ! get_post_meta( $post_id, '_tirage_post', true ) ) {
		tirage_keep_settings( $post_id, $settings ); // written by other code, which doesn't say whose they are.
	}
	if ( ! tirage_is_handed_over( $post_id, $settings ) ) {
		tirage_save_contest( $post_id, tirage_actor( $post ), 1 );
	}
}
add_action( 'wp_after_insert_post', 'tirage_on_post_saved', 20, 2 );

/**
 * The login of who saved a post; of its author when it is published by schedule.
 *
 * @param WP_Post $post The post.
 */
function tirage_actor( WP_Post $post ): string {
	$user = wp_get_current_user();
	return $user->exists() ? $user->user_login : (string) get_the_author_meta( 'user_login', (int) $post->post_author );
}

/**
 * Opens or changes a post's contest through the service, and keeps what came of it with the post.
 *
 * @param int    $post_id The post.
 * @param string $actor   The login of whoever saved it.
 * @param int    $try     Which try this is.
 */
function tirage_save_contest( int $post_id, string $actor, int $try ): void {
	$post     = get_post( $post_id );
	$settings = tirage_settings( $post_id );
	$may_call = tirage_may_begin( $post );
	$told     = $may_call || 'future' === $post->post_status ? tirage_check_settings( $post, $settings ) : true;
	if ( ! is_wp_error( $told ) && ! $may_call ) {
		delete_post_meta( $post_id, '_tirage_problem' );
		return; // a draft's contest opens when the post is published, also by schedule.
	}
	if ( ! is_wp_error( $told ) ) {
		$told = tirage_call( 'contest.save', tirage_wish( $post_id, $settings, $actor ), 10 );
	}
	if ( is_wp_error( $told ) ) {
		tirage_keep_problem( $post_id, $told, $actor, $try );
		return;
	}
	tirage_note_answer();
	tirage_note_handed_over( $post_id, $settings );
	delete_post_meta( $post_id, '_tirage_problem' );
	tirage_store_state( $post_id, is_array( $told['contest'] ?? null ) ? $told['contest'] : array() );
}

/**
 * Whether a post's contest is open already, or can be: a draft says nothing to anybody yet.
 *
 * @param WP_Post $post The post.
 */
function tirage_may_begin( WP_Post $post ): bool {
	return in_array( $post->post_status, TIRAGE_OPENING_STATUSES, true ) || null !== tirage_state( $post->ID );
}

/**
 * What can be seen to be wrong without the service, also before a scheduled post is published; true when nothing is.
 *
 * @param WP_Post $post     The post.
 * @param array   $settings The settings of its contest.
 * @return true|WP_Error
 */
function tirage_check_settings( WP_Post $post, array $settings ) {
	$is_new = null === tirage_state( $post->ID );
	$words  = '';
	if ( '' === $settings['closes'] ) {
		$words = __( 'A contest needs a deadline: choose a day and a time.', 'tirage' );
	} elseif ( '' === tirage_deadline( $post->ID, $settings['closes'] ) ) {
		$words = tirage_problem_words( 'bad_deadline', '' );
	} elseif ( $is_new && $settings['closes'] <= substr( $post->post_date, 0, 16 ) ) {
		$words = __( 'The deadline lies before the post is published, so nobody could enter: choose a later one, then save again.', 'tirage' );
	} elseif ( $is_new && 'open' !== $post->comment_status && $settings['closes'] > wp_date( 'Y-m-d H:i' ) ) {
		$words = tirage_problem_words( 'comments_closed', '' );
	}
	return '' === $words ? true : new WP_Error( 'tirage_settings', $words, array( 'status' => 422 ) );
}

/**
 * Keeps why a contest couldn't be saved; what may pass by itself is tried again.
 *
 * @param int      $post_id The post.
 * @param WP_Error $error   What went wrong.
 * @param string   $actor   The login of whoever saved it.
 * @param int      $try     Which try this was.
 */
function tirage_keep_problem( int $post_id, WP_Error $error, string $actor, int $try ): void {
	$status = (int) ( $error->get_error_data()['status'] ?? 0 );
	$passes = 0 === $status || 401 === $status || $status >= 500 || 'busy' === $error->get_error_code();
	$words  = $error->get_error_message();
	$pause  = tirage_pause( TIRAGE_SAVE_PAUSES, $try );
	if ( $passes ) {
		wp_schedule_single_event( time() + $pause, 'tirage_save_again', array( $post_id, $actor, $try + 1 ) );
		$words .= ' ' . __( 'Nothing is lost: it is tried again by itself.', 'tirage' );
	}
	tirage_note_in_doubt( $post_id );
	$problem = array(
		'post'     => $post_id,
		'words'    => $words,
		'code'     => (string) $error->get_error_code(),
		'at'       => time(),
		'actor'    => $actor,
		'try'      => $try,
		'again_at' => $passes ? time() + $pause : 0,
	);
	update_post_meta( $post_id, '_tirage_problem', wp_slash( $problem ) );
}

/**
 * Tries again, unless the post was saved since, well or not.
 *
 * @param int    $post_id The post.
 * @param string $actor   The login of whoever saved it.
 * @param int    $try     Which try this is.
 */
function tirage_save_again( $post_id, $actor, $try ): void {
	$problem = tirage_kept_problem( (int) $post_id );
	if ( null !== $problem && $problem['try'] + 1 === (int) $try && tirage_settings( (int) $post_id )['enabled'] && get_post( (int) $post_id ) ) {
		tirage_save_contest( (int) $post_id, (string) $actor, (int) $try );
	}
}
add_action( 'tirage_save_again', 'tirage_save_again', 10, 3 );

/**
 * Tries again what is due and wasn't tried: WP-Cron loses an event now and then, when two requests write its list.
 */
function tirage_save_what_is_due(): void {
	global $wpdb;
	$query = "SELECT post_id FROM {$wpdb->postmeta} WHERE meta_key = '_tirage_problem' LIMIT 100";
	foreach ( array_map( 'intval', $wpdb->get_col( $query ) ) as $post_id ) {
		$problem = tirage_kept_problem( $post_id );
		if ( null !== $problem && $problem['again_at'] && $problem['again_at'] <= time() ) {
			tirage_save_again( $post_id, $problem['actor'], $problem['try'] + 1 );
		}
	}
}
add_action( 'tirage_sweep', 'tirage_save_what_is_due' );

/**
 * What went wrong when a post's contest was saved last: 'words', 'actor', 'try', 'again_at'; null when all is well.
 *
 * @param int $post_id The post.
 */
function tirage_kept_problem( int $post_id ): ?array {
	$problem = get_post_meta( $post_id, '_tirage_problem', true );
	return is_array( $problem ) && $post_id === $problem['post'] ? $problem : null;
}

/**
 * Why a post's contest couldn't be saved, in a sentence; '' when all is well.
 *
 * @param int $post_id The post.
 */
function tirage_problem( int $post_id ): string {
	return tirage_kept_problem( $post_id )['words'] ?? '';
}

/**
 * What the editor shows: the settings, how the contest stands, and what went wrong.
 *
 * @param WP_REST_Request $request With the post's id.
 */
function tirage_get_contest( WP_REST_Request $request ): WP_REST_Response {
	$post_id = (int) $request['id'];
	$state   = tirage_fresh_state( $post_id );
	return new WP_REST_Response(
		array(
			'settings' => tirage_settings( $post_id ),
			'contest'  => $state,
			'problem'  => tirage_problem( $post_id ),
			'is_ready' => tirage_is_connected(),
		)
	);
}

/**
 * Offers the route.
 */
function tirage_register_contest_route(): void {
	register_rest_route(
		'tirage/v1',
		'/contest/(?P<id>\d{1,18})',
		array(
			'methods'             => 'GET',
			'callback'            => 'tirage_get_contest',
			'permission_callback' => 'tirage_may_see_contest',
			'args'                => array(
				'id' => array(
					'type'    => 'integer',
					'minimum' => 1,
				),
			),
		)
	);
}
add_action( 'rest_api_init', 'tirage_register_contest_route' );

/**
 * Whether the user may see a post's settings.
 *
 * @param WP_REST_Request $request With the post's id.
 * @return true|WP_Error
 */
function tirage_may_see_contest( WP_REST_Request $request ) {
	if ( tirage_may_set_up( (int) $request['id'] ) ) {
		return true;
	}
	$message = __( 'This takes an account that may publish this post.', 'tirage' );
	return new WP_Error( 'rest_forbidden', $message, array( 'status' => rest_authorization_required_code() ) );
}
