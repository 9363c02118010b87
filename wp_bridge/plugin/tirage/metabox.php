<?php
/**
 * The same settings in a box below the post: for the classic editor, and for posts whose meta the block editor doesn't get.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Adds the box. The block editor has its panel instead where posts have custom fields, which bring it their meta.
 */
function tirage_add_box(): void {
	foreach ( tirage_post_types() as $type ) {
		$has_panel = post_type_supports( $type, 'custom-fields' );
		add_meta_box( 'tirage', 'Tirage', 'tirage_print_box', $type, 'normal', 'default', array( '__back_compat_meta_box' => $has_panel ) );
	}
}
add_action( 'add_meta_boxes', 'tirage_add_box' );

/**
 * The box.
 *
 * @param WP_Post $post The post.
 */
function tirage_print_box( WP_Post $post ): void {
	if ( ! tirage_may_set_up( $post->ID ) ) {
		echo '<p>' . esc_html__( 'Who may publish this post can make a contest of it.', 'tirage' ) . '</p>';
		return;
	}
	wp_nonce_field( 'tirage_box', 'tirage_nonce' );
	$state = tirage_fresh_state( $post->ID ); // first, as it may bring settings that were changed at the service.
	echo '<div class="tirage-box">';
	printf( '<input type="hidden" name="tirage[before]" value="%s">', esc_attr( (string) wp_json_encode( tirage_settings( $post->ID ) ) ) );
	tirage_print_box_state( $post->ID, $state );
	tirage_print_contest_fields( $post, $state );
	tirage_print_reader_fields( tirage_settings( $post->ID ) );
	echo '</div>';
}

/**
 * What the service has to know; fixed once the list is sealed.
 *
 * @param WP_Post    $post  The post.
 * @param array|null $state How its contest stands.
 */
function tirage_print_contest_fields( WP_Post $post, ?array $state ): void {
	$settings = tirage_settings( $post->ID );
	printf( '<fieldset%s><legend class="screen-reader-text">%s</legend>', $state && ! $state['is_changeable'] ? ' disabled' : '', esc_html__( 'The contest', 'tirage' ) );
	tirage_print_tick( 'enabled', __( 'This post is a contest', 'tirage' ), $settings, null !== $state );
	echo '<p class="description">' . esc_html( tirage_box_help( $post, $state ) ) . '</p>';
	$value = str_replace( ' ', 'T', $settings['closes'] );
	/* translators: %s: timezone */
	tirage_print_field( 'closes', 'datetime-local', sprintf( __( 'Deadline (%s)', 'tirage' ), str_replace( '_', ' ', wp_timezone_string() ) ), $value );
	tirage_print_pools( $settings );
	tirage_print_message( $settings, $state );
	tirage_print_tick( 'replies_count', __( 'Replies to other comments count too', 'tirage' ), $settings );
	tirage_print_tick( 'staff_may_win', __( 'Those who write for the blog may win', 'tirage' ), $settings );
	tirage_print_tick( 'automatic', __( 'Seal, draw and announce without a review', 'tirage' ), $settings );
	tirage_print_tick( 'leave_out_held', __( 'Leave out what is still held then', 'tirage' ), $settings );
	tirage_print_tick( 'publishes_list', __( 'Publish the list of entries as soon as it is sealed', 'tirage' ), $settings );
	echo '<p class="description">' . esc_html__( 'Whoever has the list can compute the winners before the announcement.', 'tirage' ) . '</p>';
	tirage_print_lines( 'excluded', __( 'May not win (one a line: an e-mail address, a name, or an account as #12)', 'tirage' ), implode( "\n", $settings['excluded'] ) );
	tirage_print_claims( $settings );
	echo '</fieldset>';
}

/**
 * What readers are told.
 *
 * @param array $settings The post's settings.
 */
function tirage_print_reader_fields( array $settings ): void {
	echo '<fieldset><legend><strong>' . esc_html__( 'For readers', 'tirage' ) . '</strong></legend>';
	tirage_print_lines( 'how_to', __( 'How to enter, in your words', 'tirage' ), $settings['how_to'] );
	echo '<p class="description">' . esc_html__( 'The shortcode [tirage] in the post shows them how the contest stands.', 'tirage' ) . '</p></fieldset>';
}

/**
 * When the contest opens, or what can be done once it is open.
 *
 * @param WP_Post    $post  The post.
 * @param array|null $state How its contest stands.
 */
function tirage_box_help( WP_Post $post, ?array $state ): string {
	if ( null === $state ) {
		return tirage_may_begin( $post )
			? __( 'It opens when you save the post.', 'tirage' )
			: __( 'It opens when the post is published, also by schedule.', 'tirage' );
	}
	return $state['is_changeable']
		? __( 'It is open, so it can’t be unticked any more. To end it sooner, choose an earlier deadline and save.', 'tirage' )
		: __( 'The list of entries is sealed: these settings can’t change any more.', 'tirage' );
}

/**
 * How the contest stands, and what went wrong.
 *
 * @param int        $post_id The post.
 * @param array|null $state   How its contest stands.
 */
function tirage_print_box_state( int $post_id, ?array $state ): void {
	$problem = tirage_problem( $post_id );
	if ( '' !== $problem ) {
		echo '<div class="notice notice-error inline" role="alert"><p>' . esc_html( $problem ) . '</p></div>';
	}
	if ( null === $state ) {
		return;
	}
	if ( '' !== $state['problem'] ) {
		echo '<div class="notice notice-warning inline"><p>' . esc_html( $state['problem'] ) . '</p></div>';
	}
	/* translators: 1: number of entries, 2: how many of them can win */
	$entries = sprintf( _n( '%1$d entry, %2$d can win', '%1$d entries, %2$d can win', $state['entries'], 'tirage' ), $state['entries'], $state['eligible'] );
	printf( '<p class="tirage-standing" data-phase="%s"><span><strong>%s</strong> – %s', esc_attr( $state['phase'] ), esc_html( tirage_phase_words( $state['phase'] ) ), esc_html( $entries ) );
	if ( '' !== $state['page_url'] ) {
		printf( ' – <a href="%s">%s</a>', esc_url( $state['page_url'] ), esc_html__( 'The contest’s public page', 'tirage' ) );
	}
	echo '</span></p>';
}

/**
 * The settings that the box means: what was fixed in it was not sent, and stays as it is. So does what nobody touched
 * while the form was open, as it may have been changed elsewhere meanwhile.
 *
 * @param int   $post_id The post.
 * @param array $given   The fields that were sent, and what stood in them 'before'.
 */
function tirage_box_settings( int $post_id, array $given ): array {
	$kept   = tirage_settings( $post_id );
	$before = is_string( $given['before'] ?? null ) ? json_decode( $given['before'], true ) : null;
	$before = is_array( $before ) ? tirage_clean_settings( $before ) : null;
	$state  = tirage_state( $post_id );
	$fields = null !== $state && ! $state['is_changeable']
		? array_intersect_key( $given, array( 'how_to' => '' ) )
		: tirage_box_choices( $given, $before ?? $kept );
	$wanted = tirage_clean_settings( array( 'enabled' => null !== $state || ! empty( $given['enabled'] ) ) + $fields + $kept );
	foreach ( $before ?? array() as $name => $value ) {
		$wanted[ $name ] = $wanted[ $name ] === $value ? $kept[ $name ] : $wanted[ $name ];
	}
	return tirage_clean_settings( $wanted );
}

/**
 * What was sent, with what was unticked, and with the pools that were chosen.
 *
 * @param array $given The fields that were sent.
 * @param array $shown The settings that they showed.
 */
function tirage_box_choices( array $given, array $shown ): array {
	$ticks = array( 'automatic', 'replies_count', 'staff_may_win', 'leave_out_held', 'publishes_list' );
	if ( isset( $given['who'] ) ) {
		array_push( $ticks, 'one_prize', 'no_link' );
	}
	foreach ( $ticks as $name ) {
		$given[ $name ] = ! empty( $given[ $name ] );
	}
	return array( 'pools' => tirage_box_pools( $given, $shown ) ) + $given;
}

/**
 * Keeps what the box says; the post's saving then hands it over.
 *
 * @param int $post_id The post.
 */
function tirage_save_box( $post_id ): void {
	$nonce = isset( $_POST['tirage_nonce'] ) && is_string( $_POST['tirage_nonce'] ) ? sanitize_key( $_POST['tirage_nonce'] ) : '';
	if ( ! wp_verify_nonce( $nonce, 'tirage_box' ) || wp_is_post_revision( $post_id ) || ! tirage_may_set_up( (int) $post_id ) ) {
		return;
	}
	if ( ! isset( $_POST['post_ID'] ) || (int) $post_id !== absint( $_POST['post_ID'] ) ) {
		return; // a plugin saves another post along with this one, such as its translation.
	}
	$given = isset( $_POST['tirage'] ) && is_array( $_POST['tirage'] ) ? wp_unslash( $_POST['tirage'] ) : array();
	foreach ( array( 'excluded', 'claim_fields' ) as $name ) {
		if ( is_string( $given[ $name ] ?? null ) ) {
			$given[ $name ] = array_map( 'trim', (array) preg_split( '/\R/', $given[ $name ] ) );
		}
	}
	$settings = tirage_box_settings( (int) $post_id, $given );
	if ( tirage_settings( (int) $post_id ) !== $settings ) {
		tirage_keep_settings( (int) $post_id, $settings );
	}
}
add_action( 'save_post', 'tirage_save_box' );
