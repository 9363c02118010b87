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
	$how_to = tirage_settings( $post->ID )['how_to'];
	$how_to = '' !== $how_to ? $how_to : tirage_how_to( $state['compose'] ? array_column( $state['pools'], 'channel' ) : array() );
	/* translators: %s: date, time and timezone */
	$until = sprintf( esc_html__( 'Open until %s', 'tirage' ), tirage_time_html( $state['closes_at'] ) );
	/* translators: %s: a number */
	$prizes = sprintf( _n( '%s winner', '%s winners', $state['winners'], 'tirage' ), number_format_i18n( $state['winners'] ) );
	/* translators: %s: a number */
	$entries = sprintf( _n( '%s entry so far', '%s entries so far', $state['entries'], 'tirage' ), number_format_i18n( $state['entries'] ) );
	$html    = '<p class="tirage-lead"><strong>' . $until . '</strong></p><p>' . esc_html( $how_to ) . '</p>';
	$html   .= '<p class="tirage-facts">' . esc_html( $prizes ) . ' · ' . esc_html( $entries ) . '</p>';
	return $html . tirage_share_html( $state['compose'] ) . tirage_link_html( $state['page_url'], __( 'How the draw works', 'tirage' ) );
}

/**
 * How to enter, where the writer doesn't say it.
 *
 * @param string[] $channels Who takes part in each pool.
 */
function tirage_how_to( array $channels ): string {
	$channels = array_unique( $channels );
	if ( ! $channels || array( 'comments' ) === $channels ) {
		return __( 'Leave a comment on this post. One entry for each person counts.', 'tirage' );
	}
	if ( array( 'posts' ) === $channels ) {
		return __( 'Post the message below. One entry for each person counts.', 'tirage' );
	}
	return array( 'both' ) === $channels
		? __( 'Leave a comment on this post, or post the message below. One entry for each person counts.', 'tirage' )
		: __( 'Leave a comment on this post, post the message below, or do both: each has prizes of its own.', 'tirage' );
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
 * Once the winners are announced: by pool, where there are several.
 *
 * @param array $state How the contest stands.
 */
function tirage_render_winners( array $state ): string {
	$title = _n( 'The winner', 'The winners', count( $state['drawn'] ), 'tirage' );
	$html  = '<p class="tirage-lead"><strong>' . esc_html( $title ) . '</strong></p>';
	$pools = array();
	foreach ( $state['drawn'] as $winner ) {
		$pools[ $winner['pool'] ?? '' ][] = $winner;
	}
	$has_several = count( $pools ) > 1 || count( $state['pools'] ) > 1;
	foreach ( $pools as $name => $winners ) {
		$words = array_filter( array( $has_several ? (string) $name : '', $winners[0]['prize'] ?? '' ), 'strlen' );
		$words = array_map( fn ( $word ) => '<bdi>' . esc_html( $word ) . '</bdi>', $words );
		$html .= $words ? '<p class="tirage-pool">' . implode( ' – ', $words ) . '</p>' : '';
		$html .= '<ol class="tirage-winners">' . implode( '', array_map( 'tirage_winner_html', $winners ) ) . '</ol>';
	}
	return $html . tirage_link_html( $state['proof_url'], __( 'Check the draw yourself', 'tirage' ) );
}

/**
 * A winner, linked to what won: their comment, or their post on a network.
 *
 * @param array $winner As the state has it.
 */
function tirage_winner_html( array $winner ): string {
	$words = '<bdi>' . esc_html( '' !== $winner['name'] ? $winner['name'] : __( 'Anonymous', 'tirage' ) ) . '</bdi>';
	$link  = $winner['comment'] && get_comment( $winner['comment'] ) ? get_comment_link( $winner['comment'] ) : '';
	if ( '' !== $link ) {
		return '<li><a href="' . esc_url( $link ) . '">' . $words . '</a></li>';
	}
	$post = esc_url( $winner['url'] ?? '', array( 'https' ) );
	return '' === $post ? "<li>$words</li>" : "<li><a rel=\"nofollow noopener\" href=\"$post\">$words</a></li>";
}
