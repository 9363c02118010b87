<?php
/**
 * In a blog's mu-plugins: writes down every notice, warning, deprecation and misuse that the plugin has a part in.
 */

function tirage_tests_note( string $words, string $file = '' ): void {
	$files = array_column( debug_backtrace( DEBUG_BACKTRACE_IGNORE_ARGS ), 'file' );
	if ( preg_grep( '#/plugins/tirage/#', array_merge( array( $file ), $files ) ) ) {
		file_put_contents( dirname( ABSPATH ) . '/notices.log', "$words\n", FILE_APPEND | LOCK_EX );
	}
}

error_reporting( E_ALL );
set_error_handler(
	function ( int $level, string $words, string $file, int $line ): bool {
		if ( error_reporting() & $level ) {
			tirage_tests_note( "$words in $file:$line", $file );
		}
		return true;
	}
);

$tirage_tests_misuses = array( 'doing_it_wrong', 'deprecated_function', 'deprecated_argument', 'deprecated_hook', 'deprecated_file' );
foreach ( $tirage_tests_misuses as $tirage_tests_misuse ) {
	add_action(
		$tirage_tests_misuse . '_run',
		function ( ...$facts ): void {
			tirage_tests_note( current_action() . ': ' . implode( ' ', array_filter( $facts, 'is_string' ) ) );
		},
		10,
		3
	);
}
