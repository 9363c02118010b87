<?php
/**
 * Pools and message in the box below the post. Styles hide what isn't chosen; a browser that can't shows all of it.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Who takes part, and the places and the prize of each pool. Pools that can't be expressed here are only shown.
 *
 * @param array $settings The post's settings.
 */
function tirage_print_pools( array $settings ): void {
	$pools = tirage_pools( $settings );
	$who   = tirage_who( $pools );
	if ( 'other' === $who ) {
		tirage_print_other_pools( $pools );
	} else {
		tirage_print_who( $who );
		$names = tirage_pool_names();
		printf( '<p class="tirage-if-each"><strong>%s</strong></p>', esc_html( $names['comments'][0] ) );
		tirage_print_places( '', $pools[0] );
		printf( '<div class="tirage-if-each"><p><strong>%s</strong></p>', esc_html( $names['posts'][0] ) );
		tirage_print_places( 'posts_', $pools[1] ?? tirage_clean_pools( array( array() ) )[0] );
		echo '</div>';
	}
	echo '<div class="tirage-if-each">';
	tirage_print_tick( 'one_prize', __( 'One prize per person', 'tirage' ), $settings );
	echo '</div>';
}

/**
 * The choice of who takes part.
 *
 * @param string $chosen What is chosen.
 */
function tirage_print_who( string $chosen ): void {
	$choices = array(
		'comments' => __( 'Commenters only', 'tirage' ),
		'each'     => __( 'Commenters and posters, each with a prize of their own', 'tirage' ),
		'both'     => __( 'Commenters and posters together', 'tirage' ),
		'posts'    => __( 'Posters only', 'tirage' ),
	);
	echo '<fieldset class="tirage-who"><legend>' . esc_html__( 'Who takes part', 'tirage' ) . '</legend>';
	foreach ( $choices as $who => $words ) {
		printf(
			'<label><input type="radio" name="tirage[who]" value="%s"%s> %s</label><br>',
			esc_attr( $who ),
			checked( $who, $chosen, false ),
			esc_html( $words )
		);
	}
	echo '</fieldset>';
}

/**
 * A pool's prize and places.
 *
 * @param string $prefix What the names of the fields begin with.
 * @param array  $pool   The pool.
 */
function tirage_print_places( string $prefix, array $pool ): void {
	tirage_print_field( $prefix . 'prize', 'text', __( 'Prize (may stay empty)', 'tirage' ), $pool['prize'] );
	tirage_print_field( $prefix . 'winners', 'number', __( 'Winners', 'tirage' ), (string) $pool['winners'], 1 );
	tirage_print_field( $prefix . 'alternates', 'number', __( 'Alternates', 'tirage' ), (string) $pool['alternates'], 0 );
}

/**
 * Pools that were made elsewhere, to read.
 *
 * @param array $pools The pools.
 */
function tirage_print_other_pools( array $pools ): void {
	echo '<input type="hidden" name="tirage[who]" value="other"><p>' . esc_html( tirage_other_pools_words() ) . '</p><ul class="ul-disc tirage-other">';
	foreach ( $pools as $pool ) {
		echo '<li>' . esc_html( tirage_pool_words( $pool ) ) . '</li>';
	}
	echo '</ul>';
}

/**
 * Why some pools can only be read.
 */
function tirage_other_pools_words(): string {
	return __( 'The pools of this contest were made by the command line or the API, and are changed there. Saving the post leaves them as they are.', 'tirage' );
}

/**
 * A pool in words.
 *
 * @param array $pool The pool.
 */
function tirage_pool_words( array $pool ): string {
	/* translators: %s: a number */
	$places = sprintf( _n( '%s winner', '%s winners', $pool['winners'], 'tirage' ), number_format_i18n( $pool['winners'] ) );
	$parts  = array( $pool['name'], $pool['prize'], $places, tirage_channel_words( $pool['channel'] ) );
	return implode( ' – ', array_filter( $parts, 'strlen' ) );
}

/**
 * What entrants are asked to post.
 *
 * @param array      $settings The post's settings.
 * @param array|null $state    How its contest stands.
 */
function tirage_print_message( array $settings, ?array $state ): void {
	echo '<div class="tirage-if-posts"><p><strong>' . esc_html__( 'The message to post', 'tirage' ) . '</strong></p>';
	echo '<p class="description">' . esc_html( tirage_what_counts( $settings ) ) . '</p>';
	foreach ( tirage_too_long( $state['compose'] ?? array() ) as $words ) {
		echo '<div class="notice notice-warning inline tirage-too-long"><p>' . esc_html( $words ) . '</p></div>';
	}
	tirage_print_lines( 'message', __( 'Text', 'tirage' ), $settings['message'] );
	tirage_print_field( 'links', 'text', __( 'Link (empty: this post)', 'tirage' ), implode( ' ', $settings['links'] ) );
	tirage_print_field( 'hashtags', 'text', __( 'Hashtags', 'tirage' ), tirage_marked( '#', $settings['hashtags'] ) );
	tirage_print_field( 'mentions', 'text', __( 'Accounts to mention, such as @blog, @blog@mastodon.example', 'tirage' ), tirage_marked( '@', $settings['mentions'] ) );
	tirage_print_tick( 'no_link', __( 'No link: the hashtag or the mention is what counts', 'tirage' ), $settings );
	echo '</div>';
}

/**
 * What makes a post count.
 *
 * @param array $settings The post's settings.
 */
function tirage_what_counts( array $settings ): string {
	return $settings['needs_all']
		? __( 'Readers post it on X, Mastodon or Bluesky. A post counts when it carries the link, a hashtag and a mention, as far as you ask for them.', 'tirage' )
		: __( 'Readers post it on X, Mastodon or Bluesky. A post counts when it carries the link, a hashtag or a mention: one of them is enough.', 'tirage' );
}

/**
 * Words with their mark before each.
 *
 * @param string   $mark  The mark.
 * @param string[] $words The words.
 */
function tirage_marked( string $mark, array $words ): string {
	return implode( ' ', preg_replace( '/^/', $mark, $words ) );
}

/**
 * The pools that were chosen in the box.
 *
 * @param array $given The fields that were sent.
 * @param array $shown The settings that they showed.
 */
function tirage_box_pools( array $given, array $shown ): array {
	$choices  = array(
		'comments' => array( 'comments' ),
		'each'     => array( 'comments', 'posts' ),
		'both'     => array( 'both' ),
		'posts'    => array( 'posts' ),
	);
	$channels = is_string( $given['who'] ?? null ) ? $choices[ $given['who'] ] ?? null : null;
	if ( null === $channels ) {
		return $shown['pools'];
	}
	$names = array_map( 'current', tirage_pool_names() );
	$names = array_column( $shown['pools'], 'name', 'channel' ) + $names;
	$pools = array();
	foreach ( $channels as $at => $channel ) {
		$prefix  = 0 === $at ? '' : 'posts_';
		$pools[] = array(
			'name'       => $names[ $channel ],
			'channel'    => $channel,
			'winners'    => $given[ $prefix . 'winners' ] ?? 1,
			'alternates' => $given[ $prefix . 'alternates' ] ?? 3,
			'prize'      => $given[ $prefix . 'prize' ] ?? '',
		);
	}
	$pools   = tirage_clean_pools( $pools );
	$is_bare = array( 'comments' ) === $channels && '' === $pools[0]['prize'];
	return $is_bare ? array() : $pools; // as a contest has it that names no pools.
}
