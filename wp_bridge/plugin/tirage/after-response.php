<?php
/**
 * Work that no reader waits for: after the response where PHP allows it, else in a request of its own.
 *
 * @package tirage
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const TIRAGE_KICK_SECONDS     = 0.05;
const TIRAGE_TLS_KICK_SECONDS = 0.2;
const TIRAGE_NO_KICK_SECONDS  = 10 * MINUTE_IN_SECONDS; // after one that failed or was slow.

/**
 * Runs a task once the response is with the reader; false where this PHP can't let go of the response.
 *
 * @param callable $task Takes nothing.
 */
function tirage_after_response( callable $task ): bool {
	$finish = tirage_finisher();
	if ( '' === $finish ) {
		return false;
	}
	register_shutdown_function(
		static function () use ( $finish, $task ): void {
			if ( PHP_SESSION_ACTIVE === session_status() ) {
				session_write_close(); // or the reader's next page would wait for us.
			}
			$finish();
			ignore_user_abort( true );
			$task();
		}
	);
	return true;
}

/**
 * The function that hands the response over and lets PHP go on; '' where there is none.
 */
function tirage_finisher(): string {
	foreach ( array( 'fastcgi_finish_request', 'litespeed_finish_request' ) as $name ) {
		if ( function_exists( $name ) ) {
			return $name;
		}
	}
	return '';
}

/**
 * Has work done without waiting for it: the action tirage_run_{$what}. A request that was made to do work makes no other.
 *
 * @param string $what 'deliveries' or 'states'.
 */
function tirage_run_soon( string $what ): void {
	if ( tirage_is_kick() ) {
		return;
	}
	$run = static function () use ( $what ): void {
		do_action( "tirage_run_$what" );
	};
	if ( wp_doing_cron() || 'cli' === PHP_SAPI ) {
		$run();
		return;
	}
	if ( ! tirage_after_response( $run ) ) {
		tirage_kick( $what );
	}
}

/**
 * Whether this request is one of those that tirage_kick() makes, by its address alone: whatever becomes of it, it must
 * not lead to the next.
 */
function tirage_is_kick(): bool {
	return 'admin-post.php' === ( $GLOBALS['pagenow'] ?? '' ) && 'tirage_deliver' === ( $_GET['action'] ?? '' );
}

/**
 * Asks this WordPress to do some work in a request of its own, and doesn't wait for the answer. Where that fails or takes
 * long, nobody waits for it again for some minutes, and wp-cron does the work.
 *
 * @param string $what 'deliveries' or 'states'.
 */
function tirage_kick( string $what ): bool {
	$is_sent = false;
	if ( (int) tirage_read_option( 'tirage_no_kick_before' ) <= time() ) {
		$began   = microtime( true );
		$is_sent = tirage_send_kick( $what );
		if ( $is_sent && microtime( true ) - $began <= TIRAGE_KICK_SECONDS ) {
			return true;
		}
		tirage_write_option( 'tirage_no_kick_before', (string) ( time() + TIRAGE_NO_KICK_SECONDS ) );
	}
	tirage_retry_by( time() );
	return $is_sent;
}

/**
 * Sends the request for work, by a bare socket: WordPress's HTTP functions wait for up to a second even when told not to.
 *
 * Not to the REST API, which many a blog closes to strangers.
 *
 * @param string $what 'deliveries' or 'states'.
 */
function tirage_send_kick( string $what ): bool {
	$url = wp_parse_url( admin_url( 'admin-post.php?action=tirage_deliver' ) );
	if ( ! is_array( $url ) || empty( $url['host'] ) ) {
		return false;
	}
	$is_tls  = 'https' === ( $url['scheme'] ?? 'http' );
	$port    = $url['port'] ?? ( $is_tls ? 443 : 80 );
	$address = ( $is_tls ? 'tls://' : 'tcp://' ) . $url['host'] . ':' . $port;
	$seconds = $is_tls ? TIRAGE_TLS_KICK_SECONDS : TIRAGE_KICK_SECONDS;
	// Nothing secret is sent, so a certificate that only fits the public name does no harm.
	$context = stream_context_create( array( 'ssl' => array( 'verify_peer' => false, 'verify_peer_name' => false ) ) );
	// phpcs:ignore Generic.PHP.NoSilencedErrors -- a blog that can't reach itself isn't worth a warning on each request.
	$socket = @stream_socket_client( $address, $number, $words, $seconds, STREAM_CLIENT_CONNECT, $context );
	if ( ! is_resource( $socket ) ) {
		return false;
	}
	stream_set_timeout( $socket, 0, (int) ( $seconds * 1000000 ) );
	// phpcs:ignore Generic.PHP.NoSilencedErrors -- the same.
	$sent = @fwrite( $socket, tirage_kick_request( $url, (int) $port, $what ) );
	fclose( $socket );
	return false !== $sent;
}

/**
 * The request as it goes over the wire.
 *
 * @param array  $url  The address in parts.
 * @param int    $port Its port.
 * @param string $what The work.
 */
function tirage_kick_request( array $url, int $port, string $what ): string {
	$path = ( $url['path'] ?? '/' ) . ( isset( $url['query'] ) ? '?' . $url['query'] : '' );
	$host = $url['host'] . ( in_array( $port, array( 80, 443 ), true ) ? '' : ":$port" );
	$body = http_build_query(
		array(
			'what' => $what,
			'code' => tirage_kick_code( $what, time() ),
		)
	);
	return "POST $path HTTP/1.1\r\nHost: $host\r\nUser-Agent: Tirage/" . TIRAGE_VERSION . "\r\nConnection: close\r\n"
		. "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " . strlen( $body ) . "\r\n\r\n" . $body;
}

/**
 * What only this WordPress can know, good for a minute or two.
 *
 * @param string $what The work.
 * @param int    $time Seconds since 1970.
 */
function tirage_kick_code( string $what, int $time ): string {
	return hash_hmac( 'sha256', $what . '|' . intdiv( $time, 60 ), wp_salt( 'nonce' ) . 'tirage-kick' );
}

/**
 * Whether a request for work comes from this WordPress itself.
 *
 * @param string $what The work.
 * @param string $code What came as its code.
 */
function tirage_may_deliver( string $what, string $code ): bool {
	foreach ( array( 0, 60 ) as $ago ) {
		if ( hash_equals( tirage_kick_code( $what, time() - $ago ), $code ) ) {
			return in_array( $what, array( 'deliveries', 'states' ), true );
		}
	}
	return false;
}

/**
 * Does the work that was asked for; whoever asked has hung up long since.
 */
function tirage_deliver(): void {
	$what = sanitize_key( $_POST['what'] ?? '' );
	if ( ! tirage_may_deliver( $what, sanitize_key( $_POST['code'] ?? '' ) ) ) {
		wp_die( '', '', array( 'response' => 403 ) );
	}
	ignore_user_abort( true );
	do_action( "tirage_run_$what" );
	status_header( 204 );
}
add_action( 'admin_post_tirage_deliver', 'tirage_deliver' );
add_action( 'admin_post_nopriv_tirage_deliver', 'tirage_deliver' );
