<?php
/**
 * A contest's settings as post meta that the block editor reads and writes, and other clients of the REST API.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * The kind of each setting, as WordPress checks it in what the editor sends.
 */
function tirage_settings_schema(): array {
	$kinds    = array(
		'boolean' => array( 'type' => 'boolean' ),
		'integer' => array( 'type' => 'integer' ),
		'string'  => array( 'type' => 'string' ),
	);
	$settings = array();
	foreach ( tirage_default_settings() as $name => $default ) {
		$settings[ $name ] = $kinds[ gettype( $default ) ] ?? tirage_list_schema( $kinds['string'] );
	}
	$settings['pools'] = tirage_list_schema(
		array(
			'type'       => 'object',
			'properties' => array(
				'name'       => $kinds['string'],
				'channel'    => $kinds['string'],
				'winners'    => $kinds['integer'],
				'alternates' => $kinds['integer'],
				'prize'      => $kinds['string'],
			),
		)
	);
	return $settings;
}

/**
 * The kind of a list.
 *
 * @param array $items The kind of what is in it.
 */
function tirage_list_schema( array $items ): array {
	return array(
		'type'  => 'array',
		'items' => $items,
	);
}

/**
 * Keeps the settings as post meta that the editor reads and writes. Only in the context "edit": who is excluded is
 * nobody else's business.
 */
function tirage_register_meta(): void {
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
						'properties' => tirage_settings_schema(),
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
 * as soon as any of it changed, such as footnotes, and WordPress would refuse the whole post for ours. Of an older
 * editor's settings those that it doesn't know stay.
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
	} elseif ( isset( $prepared->ID ) && is_array( $meta['_tirage_settings'] ?? null ) ) {
		$meta['_tirage_settings'] = tirage_with_claims( (int) $prepared->ID, $meta['_tirage_settings'] );
		$request['meta']          = $meta;
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
