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
	foreach ( array( 'enabled', 'automatic', 'replies_count', 'staff_may_win', 'leave_out_held' ) as $name ) {
		$settings[ $name ] = is_scalar( $given[ $name ] ?? null ) && rest_sanitize_boolean( $given[ $name ] );
	}
	$settings['winners']    = tirage_clean_number( $given['winners'] ?? 1, 1 );
	$settings['alternates'] = tirage_clean_number( $given['alternates'] ?? 3, 0 );
	$settings['closes']     = tirage_clean_time( $given['closes'] ?? '' );
	$settings['message']    = tirage_clean_text( $given['message'] ?? '', 240 );
	$settings['how_to']     = tirage_clean_text( $given['how_to'] ?? '', 500 );
	$settings['excluded']   = tirage_clean_list( $given['excluded'] ?? null );
	return $settings;
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
 * A number of places.
 *
 * @param mixed $value As sent.
 * @param int   $least The least that makes sense.
 */
function tirage_clean_number( $value, int $least ): int {
	return max( $least, min( TIRAGE_MOST_PLACES, is_numeric( $value ) ? (int) $value : $least ) );
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

/**
 * Keeps the settings as post meta that the editor reads and writes. Only in the context "edit": who is excluded is
 * nobody else's business.
 */
function tirage_register_meta(): void {
	$yes_no     = array( 'type' => 'boolean' );
	$text       = array( 'type' => 'string' );
	$properties = array(
		'closes'     => $text,
		'winners'    => array( 'type' => 'integer' ),
		'alternates' => array( 'type' => 'integer' ),
		'message'    => $text,
		'how_to'     => $text,
		'excluded'   => array(
			'type'  => 'array',
			'items' => $text,
		),
	);
	foreach ( array( 'enabled', 'automatic', 'replies_count', 'staff_may_win', 'leave_out_held' ) as $name ) {
		$properties[ $name ] = $yes_no;
	}
	foreach ( tirage_post_types() as $type ) {
		register_post_meta(
			$type,
			'_tirage_settings',
			array(
				'type'              => 'object',
				'single'            => true,
				'default'           => tirage_default_settings(),
				'sanitize_callback' => 'tirage_clean_settings',
				'auth_callback'     => 'tirage_may_write_meta',
				'show_in_rest'      => array(
					'schema' => array(
						'type'       => 'object',
						'context'    => array( 'edit' ),
						'properties' => $properties,
					),
				),
			)
		);
		add_filter( "rest_pre_insert_$type", 'tirage_drop_settings', 10, 2 );
		add_action( "rest_after_insert_$type", 'tirage_keep_sent_settings', 10, 2 );
	}
}
add_action( 'init', 'tirage_register_meta', 20 );

/**
 * Whether a client may write the settings.
 *
 * @param bool   $allowed What WordPress thinks.
 * @param string $key     The meta key.
 * @param int    $post_id The post.
 */
function tirage_may_write_meta( $allowed, $key, $post_id ): bool {
	return tirage_may_set_up( (int) $post_id );
}

/**
 * Leaves the settings out of what the editor saves for somebody who may not write them: it sends all meta of a post
 * as soon as any of it changed, such as footnotes, and WordPress would refuse the whole post for ours.
 *
 * @param object          $prepared The post that is about to be saved; without ID while it is new.
 * @param WP_REST_Request $request  What was sent.
 * @return object
 */
function tirage_drop_settings( $prepared, WP_REST_Request $request ) {
	$meta = $request['meta'];
	$may  = isset( $prepared->ID )
		? tirage_may_set_up( (int) $prepared->ID )
		: current_user_can( get_post_type_object( $prepared->post_type )->cap->publish_posts );
	if ( ! $may && is_array( $meta ) ) {
		unset( $meta['_tirage_settings'] );
		$request['meta'] = $meta;
	} elseif ( isset( $prepared->ID, $meta['_tirage_settings'] ) && tirage_is_copied( (int) $prepared->ID ) ) {
		delete_post_meta( $prepared->ID, '_tirage_settings' ); // MariaDB takes writing the same again for a failure.
	}
	return $prepared;
}

/**
 * Notes that settings that were sent are the post's own.
 *
 * @param WP_Post         $post    The post, saved.
 * @param WP_REST_Request $request What was sent.
 */
function tirage_keep_sent_settings( WP_Post $post, WP_REST_Request $request ): void {
	if ( isset( $request['meta']['_tirage_settings'] ) && tirage_may_set_up( $post->ID ) ) {
		tirage_keep_settings( $post->ID, tirage_clean_settings( $request['meta']['_tirage_settings'] ) );
	}
}
