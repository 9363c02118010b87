<?php
/**
 * The page Settings → Tirage: its third step, the test and the moderator.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Step 3: test, and hand over the moderator's login.
 */
function tirage_print_connect_step(): void {
	$tested = tirage_last_test();
	tirage_open_step( 3, __( 'Connect', 'tirage' ), $tested['reaches_blog'] );
	if ( ! tirage_is_connected() ) {
		echo '<p>' . esc_html__( 'Do the first two steps, then test the connection here.', 'tirage' ) . '</p></section>';
		return;
	}
	echo '<p>' . esc_html__( 'See whether the blog and the service understand each other:', 'tirage' ) . '</p>';
	tirage_print_button( 'test', __( 'Test', 'tirage' ), 'success' === $tested['kind'] ? 'secondary' : 'primary' );
	tirage_print_last_test( $tested );
	tirage_print_moderator_form( $tested );
	echo '</section>';
}

/**
 * What the last test came to; with kind '' before the first one.
 */
function tirage_last_test(): array {
	$kept   = get_option( 'tirage_tested', array() );
	$tested = array(
		'kind'         => '',
		'words'        => '',
		'at'           => 0,
		'reaches_blog' => false,
	);
	return tirage_is_connected() && is_array( $kept ) ? array_merge( $tested, $kept ) : $tested;
}

/**
 * When the last test was, and what it came to.
 *
 * @param array $tested From tirage_last_test().
 */
function tirage_print_last_test( array $tested ): void {
	if ( '' !== $tested['kind'] ) {
		printf(
			'<div class="notice notice-%s inline" id="tirage-tested"><p><strong>%s</strong><br>%s</p></div>',
			esc_attr( $tested['kind'] ),
			esc_html( wp_date( tirage_time_format(), (int) $tested['at'] ) ),
			esc_html( $tested['words'] )
		);
	}
}

/**
 * Choosing the moderator.
 *
 * @param array $tested From tirage_last_test().
 */
function tirage_print_moderator_form( array $tested ): void {
	$connected = get_option( 'tirage_connected', array() );
	$user      = is_array( $connected ) && isset( $connected['user'], $connected['at'] ) ? (string) $connected['user'] : '';
	if ( '' !== $user ) {
		/* translators: 1: login, 2: date and time */
		$words = sprintf( __( 'Connected as %1$s since %2$s.', 'tirage' ), $user, wp_date( tirage_time_format(), (int) $connected['at'] ) );
		echo '<p><strong class="tirage-connected">' . esc_html( $words ) . '</strong></p>';
	}
	echo '<p>' . esc_html__( 'The service reads the comments and writes the winner comment as a moderator. Choose whose name that comment carries: an Application Password is made for them and handed over. It can be taken back at any time in their profile.', 'tirage' ) . '</p>';
	tirage_open_form( 'connect' );
	echo '<p><label for="tirage-moderator">' . esc_html__( 'Moderator', 'tirage' ) . '</label></p><p class="tirage-row"><select name="value" id="tirage-moderator">';
	foreach ( tirage_moderators() as $moderator ) {
		printf(
			'<option value="%d"%s>%s</option>',
			(int) $moderator->ID,
			selected( $moderator->user_login, '' !== $user ? $user : wp_get_current_user()->user_login, false ),
			esc_html( "{$moderator->display_name} ({$moderator->user_login})" )
		);
	}
	printf(
		'</select> <button class="button button-%s">%s</button></p></form>',
		'success' === $tested['kind'] && ! $tested['reaches_blog'] ? 'primary' : 'secondary',
		'' === $user ? esc_html__( 'Connect', 'tirage' ) : esc_html__( 'Connect again', 'tirage' )
	);
}

/**
 * Who may moderate comments, and may be given a password by the one who asks.
 *
 * @return WP_User[]
 */
function tirage_moderators(): array {
	$users = get_users(
		array(
			'capability' => 'moderate_comments',
			'number'     => 100,
		)
	);
	return array_filter(
		$users,
		static function ( $user ) {
			return current_user_can( 'edit_user', $user->ID );
		}
	);
}
