<?php
/**
 * The page Settings → Tirage: what its third step does, testing the connection and handing the moderator's login over.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Asks the service whether all is well, and keeps what came of it.
 *
 * @return string|WP_Error
 */
function tirage_do_test() {
	$told   = tirage_call( 'ping', array(), 20 );
	$result = is_wp_error( $told ) ? $told : tirage_judge_ping( $told );
	tirage_keep_test( $result, ! is_wp_error( $told ) && is_array( $told['blog'] ?? null ) );
	return $result;
}

/**
 * What the service's answer to a test means.
 *
 * @param array $told From the service.
 * @return string|WP_Error
 */
function tirage_judge_ping( array $told ) {
	if ( 'tirage' !== ( $told['service'] ?? '' ) ) {
		return new WP_Error( 'tirage_not_tirage', __( 'Something else than Tirage answers at this address.', 'tirage' ) );
	}
	if ( 'settings_missing' === ( $told['code'] ?? '' ) ) {
		return __( 'The service answers and knows the secret. Now choose the moderator and press Connect.', 'tirage' );
	}
	$problem = is_string( $told['problem'] ?? null ) ? sanitize_text_field( $told['problem'] ) : '';
	if ( '' !== $problem ) {
		/* translators: %s: the service's own sentence */
		return new WP_Error( 'tirage_blog', sprintf( __( 'The service takes the signature, but can’t work with the blog yet: %s', 'tirage' ), $problem ) );
	}
	$url = esc_url_raw( is_string( $told['blog']['url'] ?? null ) ? $told['blog']['url'] : '' );
	if ( tirage_bare_address( $url ) !== tirage_bare_address( tirage_blog_address() ) ) {
		/* translators: %s: address */
		return new WP_Error( 'tirage_blog', sprintf( __( 'The service works, but for another blog: %s', 'tirage' ), $url ) );
	}
	return __( 'All is well: the service takes what this blog signs, and reaches the blog.', 'tirage' );
}

/**
 * An address without what differs between two spellings of one blog's: http or https, www. and the last slash.
 *
 * @param string $url The address.
 */
function tirage_bare_address( string $url ): string {
	$parts = (array) wp_parse_url( $url );
	$host  = preg_replace( '/^www\./', '', strtolower( $parts['host'] ?? '' ) );
	$port  = in_array( $parts['port'] ?? 80, array( 80, 443 ), true ) ? '' : ":{$parts['port']}";
	return $host . $port . untrailingslashit( $parts['path'] ?? '' );
}

/**
 * Keeps what a test came to, so that the page shows it at a glance.
 *
 * @param string|WP_Error $result       A sentence, or what went wrong.
 * @param bool            $reaches_blog Whether the service works with a blog.
 */
function tirage_keep_test( $result, bool $reaches_blog ): void {
	$is_well = ! is_wp_error( $result );
	$tested  = array(
		'kind'         => $is_well ? 'success' : 'error',
		'words'        => $is_well ? $result : $result->get_error_message(),
		'at'           => time(),
		'reaches_blog' => $is_well && $reaches_blog,
	);
	update_option( 'tirage_tested', $tested, false );
}

/**
 * Makes an Application Password for the moderator and hands it over.
 *
 * @param string $value The moderator's id.
 * @return string|WP_Error
 */
function tirage_do_connect( string $value ) {
	$user = get_userdata( (int) $value );
	if ( tirage_is_open_to_listeners( tirage_service_url() ) ) {
		return new WP_Error( 'tirage_not_encrypted', __( 'Over this address (http) others on the way could read the password: give the service an https address in step 1, or run it on the blog’s own machine.', 'tirage' ) );
	}
	if ( ! $user || ! user_can( $user, 'moderate_comments' ) || ! current_user_can( 'edit_user', $user->ID ) ) {
		return new WP_Error( 'tirage_user', __( 'This user can’t be the moderator: choose one who may moderate comments.', 'tirage' ) );
	}
	if ( ! wp_is_application_passwords_available_for_user( $user ) ) {
		return new WP_Error( 'tirage_no_passwords', __( 'WordPress offers no Application Passwords here: it does so only over https, and a plugin may have switched them off. Mend that, then connect again.', 'tirage' ) );
	}
	$created = WP_Application_Passwords::create_new_application_password(
		$user->ID,
		array(
			'name'   => 'Tirage ' . wp_date( 'Y-m-d H:i:s' ) . ' ' . wp_generate_password( 4, false ), // must be unique.
			'app_id' => tirage_app_id(),
		)
	);
	if ( is_wp_error( $created ) ) {
		return $created;
	}
	return tirage_hand_over( $user, $created[0], $created[1]['uuid'] );
}

/**
 * Hands a login over. The new password is deleted if the service doesn't take it, all former ones if it does.
 *
 * @param WP_User $user     The moderator.
 * @param string  $password The new Application Password.
 * @param string  $uuid     Its id.
 * @return string|WP_Error
 */
function tirage_hand_over( WP_User $user, string $password, string $uuid ) {
	$login = array(
		'url'      => tirage_blog_address(),
		'user'     => $user->user_login,
		'password' => $password,
	);
	$told  = tirage_call( 'connect', $login, 40 );
	if ( is_wp_error( $told ) ) {
		WP_Application_Passwords::delete_application_password( $user->ID, $uuid );
		return $told;
	}
	tirage_take_back_passwords( tirage_app_id(), $uuid );
	$connected = array(
		'user' => $user->user_login,
		'at'   => time(),
	);
	update_option( 'tirage_connected', $connected, false );
	$words = __( 'Connected: the service reads this blog’s comments now.', 'tirage' );
	tirage_keep_test( $words, true );
	return $words;
}
