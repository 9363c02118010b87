<?php
/**
 * The Application Passwords that the service works with: which are ours, and taking them back.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const TIRAGE_APP_ID = 'b3f0c0de-7a4e-4c6b-9d2f-'; // what the app_id of each of them begins with.

/**
 * The app_id of this blog's own: users are shared by all sites of a network, and each site may have a service.
 */
function tirage_app_id(): string {
	return TIRAGE_APP_ID . sprintf( '%012x', get_current_blog_id() );
}

/**
 * Takes back the Application Passwords that we made for anybody: how many there were.
 *
 * @param string $app_id What their app_id is or begins with.
 * @param string $kept   The id of one that stays.
 */
function tirage_take_back_passwords( string $app_id, string $kept = '' ): int {
	$user_ids = get_users(
		array(
			'blog_id'  => 0,
			'fields'   => 'ID',
			'meta_key' => WP_Application_Passwords::USERMETA_KEY_APPLICATION_PASSWORDS,
		)
	);
	$number   = 0;
	foreach ( array_map( 'intval', $user_ids ) as $user_id ) {
		foreach ( WP_Application_Passwords::get_user_application_passwords( $user_id ) as $password ) {
			if ( 0 === strpos( (string) ( $password['app_id'] ?? '' ), $app_id ) && $kept !== $password['uuid'] ) {
				WP_Application_Passwords::delete_application_password( $user_id, $password['uuid'] );
				++$number;
			}
		}
	}
	return $number;
}
