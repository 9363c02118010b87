<?php
/**
 * For readers: a block and the shortcode [tirage] that show how the post's contest stands.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Registers the block and the shortcode.
 */
function tirage_register_block(): void {
	wp_register_style( 'tirage', plugins_url( 'assets/tirage.css', TIRAGE_FILE ), array(), TIRAGE_VERSION );
	$needs = array( 'wp-blocks', 'wp-element', 'wp-block-editor', 'wp-components', 'wp-server-side-render', 'wp-i18n', 'wp-data' );
	wp_register_script( 'tirage-block', plugins_url( 'assets/block.js', TIRAGE_FILE ), $needs, TIRAGE_VERSION, true );
	wp_set_script_translations( 'tirage-block', 'tirage', TIRAGE_DIR . '/languages' );
	register_block_type( TIRAGE_DIR . '/block.json', array( 'render_callback' => 'tirage_render_block' ) );
	add_shortcode( 'tirage', 'tirage_render_shortcode' );
}
add_action( 'init', 'tirage_register_block' );

/**
 * The block on a page.
 */
function tirage_render_block(): string {
	$html = tirage_render( (int) get_the_ID() );
	return '' === $html ? '' : sprintf( '<div %s>%s</div>', get_block_wrapper_attributes(), $html );
}

/**
 * The shortcode: [tirage], or [tirage post=12] for another post's contest.
 *
 * @param array|string $given Its attributes.
 */
function tirage_render_shortcode( $given ): string {
	$given = shortcode_atts( array( 'post' => (int) get_the_ID() ), is_array( $given ) ? $given : array(), 'tirage' );
	return tirage_render( (int) $given['post'] );
}

/**
 * How a post's contest stands, as HTML; '' where there is nothing to tell this reader.
 *
 * @param int $post_id The post.
 */
function tirage_render( int $post_id ): string {
	$post = get_post( $post_id );
	if ( ! $post || ! tirage_may_read( $post ) ) {
		return '';
	}
	$state = tirage_state( $post_id );
	if ( null === $state ) {
		tirage_look_for_contest( $post_id );
		return tirage_may_set_up( $post_id ) ? tirage_render_hint() : '';
	}
	tirage_refresh_if_stale( $post_id, $state );
	wp_enqueue_style( 'tirage' );
	if ( 'announced' === $state['phase'] ) {
		$html = tirage_render_winners( $state );
	} elseif ( $state['closes_at'] <= time() ) {
		$html = tirage_render_closed( $state );
	} else {
		$html = tirage_render_open( $post, $state );
	}
	return '<div class="tirage" role="group" aria-label="' . esc_attr__( 'Giveaway', 'tirage' ) . '">' . $html . '</div>';
}

/**
 * Whether this reader may see the post: a shortcode can name any.
 *
 * @param WP_Post $post The post.
 */
function tirage_may_read( WP_Post $post ): bool {
	return ( is_post_publicly_viewable( $post ) && ! post_password_required( $post ) ) || current_user_can( 'edit_post', $post->ID );
}

/**
 * For the writer, while the post carries no contest.
 */
function tirage_render_hint(): string {
	return '<p class="tirage-hint">' . esc_html__( 'The contest shows here once it is set up in the post’s settings under “Tirage” and the post is saved. Readers don’t see this line.', 'tirage' ) . '</p>';
}

/**
 * Before the deadline.
 *
 * @param WP_Post $post  The post.
 * @param array   $state How the contest stands.
 */
function tirage_render_open( WP_Post $post, array $state ): string {
	$settings = tirage_settings( $post->ID );
	$how_to   = '' !== $settings['how_to'] ? $settings['how_to'] : __( 'Leave a comment on this post. One entry for each person counts.', 'tirage' );
	/* translators: %s: date, time and timezone */
	$until = sprintf( esc_html__( 'Open until %s', 'tirage' ), tirage_time_html( $state['closes_at'] ) );
	/* translators: %s: a number */
	$prizes = sprintf( _n( '%s winner', '%s winners', $state['winners'], 'tirage' ), number_format_i18n( $state['winners'] ) );
	/* translators: %s: a number */
	$entries = sprintf( _n( '%s entry so far', '%s entries so far', $state['entries'], 'tirage' ), number_format_i18n( $state['entries'] ) );
	$html    = '<p class="tirage-lead"><strong>' . $until . '</strong></p><p>' . esc_html( $how_to ) . '</p>';
	$html   .= '<p class="tirage-facts">' . esc_html( $prizes ) . ' · ' . esc_html( $entries ) . '</p>';
	return $html . tirage_share_html( $post, $settings['message'] ) . tirage_link_html( $state['page_url'], __( 'How the draw works', 'tirage' ) );
}

/**
 * A time on the blog's clock, with its zone.
 *
 * @param int $time Seconds since 1970.
 */
function tirage_time_html( int $time ): string {
	/* translators: 1: date, 2: time */
	$words = sprintf( __( '%1$s at %2$s', 'tirage' ), wp_date( get_option( 'date_format' ), $time ), wp_date( get_option( 'time_format' ), $time ) );
	$zone  = str_replace( '_', ' ', wp_timezone_string() );
	$utc   = gmdate( 'Y-m-d\TH:i:s\Z', $time );
	return sprintf( '<time datetime="%s">%s</time> (%s)', esc_attr( $utc ), esc_html( $words ), esc_html( $zone ) );
}

/**
 * The button to post a message on X: a plain link, nothing is loaded from there.
 *
 * @param WP_Post $post    The post.
 * @param string  $message What to post; no button without.
 */
function tirage_share_html( WP_Post $post, string $message ): string {
	if ( '' === $message ) {
		return '';
	}
	$url = 'https://x.com/intent/post?' . http_build_query(
		array(
			'text' => $message,
			'url'  => get_permalink( $post ),
		),
		'',
		'&',
		PHP_QUERY_RFC3986
	);
	return '<p><a class="tirage-share" rel="noopener nofollow" target="_blank" href="' . esc_url( $url ) . '">' . esc_html__( 'Post it on X', 'tirage' ) . '</a></p>';
}

/**
 * A link to the service's pages.
 *
 * @param string $url   Where to; no link without.
 * @param string $words What stands on it.
 */
function tirage_link_html( string $url, string $words ): string {
	return '' === $url ? '' : '<p class="tirage-more"><a href="' . esc_url( $url ) . '">' . esc_html( $words ) . '</a></p>';
}

/**
 * Between the deadline and the winner comment.
 *
 * @param array $state How the contest stands.
 */
function tirage_render_closed( array $state ): string {
	/* translators: %s: date, time and timezone */
	$since = sprintf( esc_html__( 'Closed since %s', 'tirage' ), tirage_time_html( $state['closes_at'] ) );
	/* translators: %s: a number */
	$entries = sprintf( _n( '%s entry.', '%s entries.', $state['entries'], 'tirage' ), number_format_i18n( $state['entries'] ) );
	$next    = _n( 'The winner is drawn next.', 'The winners are drawn next.', $state['winners'], 'tirage' );
	$html    = '<p class="tirage-lead"><strong>' . $since . '</strong></p><p>' . esc_html( $entries . ' ' . $next ) . '</p>';
	return $html . tirage_link_html( $state['page_url'], __( 'How the draw works', 'tirage' ) );
}

/**
 * Once the winners are announced.
 *
 * @param array $state How the contest stands.
 */
function tirage_render_winners( array $state ): string {
	$title = _n( 'The winner', 'The winners', count( $state['drawn'] ), 'tirage' );
	$html  = '<p class="tirage-lead"><strong>' . esc_html( $title ) . '</strong></p><ol class="tirage-winners">';
	foreach ( $state['drawn'] as $winner ) {
		$name  = '' !== $winner['name'] ? $winner['name'] : __( 'Anonymous', 'tirage' );
		$link  = $winner['comment'] && get_comment( $winner['comment'] ) ? get_comment_link( $winner['comment'] ) : '';
		$words = '<bdi>' . esc_html( $name ) . '</bdi>';
		$html .= '<li>' . ( '' === $link ? $words : '<a href="' . esc_url( $link ) . '">' . $words . '</a>' ) . '</li>';
	}
	$html .= '</ol>';
	return $html . tirage_link_html( $state['proof_url'], __( 'Check the draw yourself', 'tirage' ) );
}
