<?php
/**
 * Pools: one draw each inside a contest, with its own winners and prize, among those who comment, who post, or both.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const TIRAGE_MOST_POOLS    = 20;
const TIRAGE_LONGEST_NAME  = 60;
const TIRAGE_LONGEST_PRIZE = 200;

/**
 * Pools with everything in its place, whatever was sent.
 *
 * @param mixed $value From the editor, a form or the service.
 */
function tirage_clean_pools( $value ): array {
	$pools = array();
	foreach ( array_filter( is_array( $value ) ? $value : array(), 'is_array' ) as $given ) {
		$channel = is_string( $given['channel'] ?? null ) ? sanitize_key( $given['channel'] ) : '';
		$channel = '' !== $channel ? $channel : 'comments'; // one that is new to us stays as it is.
		$name    = tirage_clean_line( $given['name'] ?? '', TIRAGE_LONGEST_NAME );
		$pools[] = array(
			'name'       => '' !== $name ? $name : $channel,
			'channel'    => $channel,
			'winners'    => tirage_clean_number( $given['winners'] ?? 1, 1 ),
			'alternates' => tirage_clean_number( $given['alternates'] ?? 3, 0 ),
			'prize'      => tirage_clean_line( $given['prize'] ?? '', TIRAGE_LONGEST_PRIZE ),
		);
	}
	return array_slice( $pools, 0, TIRAGE_MOST_POOLS );
}

/**
 * Settings in which pools and places agree: no pools stand for one draw among those who comment, without a prize to
 * name; otherwise the places are those of the first pool.
 *
 * @param array $settings The settings.
 */
function tirage_with_pools( array $settings ): array {
	$first = $settings['pools'][0] ?? null;
	if ( null === $first ) {
		return $settings;
	}
	$settings['winners']    = $first['winners'];
	$settings['alternates'] = $first['alternates'];
	$is_plain               = array( 'comments', 'comments', '' ) === array( $first['name'], $first['channel'], $first['prize'] );
	if ( $is_plain && 1 === count( $settings['pools'] ) ) {
		$settings['pools'] = array();
	}
	return $settings;
}

/**
 * The pools of a contest, also where the settings need none to say so.
 *
 * @param array $settings The settings.
 */
function tirage_pools( array $settings ): array {
	$only = array(
		'name'       => 'comments',
		'channel'    => 'comments',
		'winners'    => $settings['winners'],
		'alternates' => $settings['alternates'],
		'prize'      => '',
	);
	return $settings['pools'] ? $settings['pools'] : array( $only );
}

/**
 * Whether a post on a network takes part in any pool.
 *
 * @param array $pools The pools.
 */
function tirage_takes_posts( array $pools ): bool {
	return array() !== array_diff( array_column( $pools, 'channel' ), array( 'comments' ) );
}

/**
 * The names that we give to pools, by who takes part: first the one in the blog's language, whatever the writer's is.
 *
 * The words are looked up by themselves: switch_to_locale() doesn't reach a plugin's own before WordPress 6.2.
 *
 * @return array<string,string[]>
 */
function tirage_pool_names(): array {
	$names = array(
		'comments' => array( _x( 'Comments', 'name of a pool', 'tirage' ), 'Comments' ),
		'posts'    => array( _x( 'Posts', 'name of a pool', 'tirage' ), 'Posts' ),
		'both'     => array( _x( 'Comments and posts', 'name of a pool', 'tirage' ), 'Comments and posts', 'both' ),
	);
	if ( determine_locale() === get_locale() ) {
		return $names;
	}
	$words = new MO();
	foreach ( array( TIRAGE_DIR . '/languages', WP_LANG_DIR . '/plugins' ) as $folder ) {
		$words->import_from_file( "$folder/tirage-" . get_locale() . '.mo' );
	}
	foreach ( $names as $channel => $same ) {
		$names[ $channel ][0] = $words->translate( $same[1], 'name of a pool' );
	}
	return $names;
}

/**
 * Who takes part, as the editors offer it: 'comments', 'each' (a pool for comments and one for posts), 'both', 'posts';
 * 'other' for pools that they can't express, which only the service itself changes.
 *
 * @param array $pools The pools.
 */
function tirage_who( array $pools ): string {
	$ours = tirage_pool_names();
	foreach ( $pools as $pool ) {
		$names = array_map( 'mb_strtolower', $ours[ $pool['channel'] ] ?? array() );
		if ( ! in_array( mb_strtolower( $pool['name'] ), $names, true ) ) {
			return 'other';
		}
	}
	$choices = array(
		'comments'       => 'comments',
		'comments posts' => 'each',
		'both'           => 'both',
		'posts'          => 'posts',
	);
	return $choices[ implode( ' ', array_column( $pools, 'channel' ) ) ] ?? 'other';
}

/**
 * Among whom a pool draws.
 *
 * @param string $channel Who takes part.
 */
function tirage_channel_words( string $channel ): string {
	$words = array(
		'comments' => __( 'Drawn among those who leave a comment.', 'tirage' ),
		'posts'    => __( 'Drawn among those who post the message.', 'tirage' ),
		'both'     => __( 'Drawn among those who leave a comment or post the message, each person once.', 'tirage' ),
	);
	return $words[ $channel ] ?? '';
}
