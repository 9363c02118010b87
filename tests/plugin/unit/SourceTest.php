<?php
/**
 * What PHP_CodeSniffer's own sniffs don't look for in the plugin's files.
 */

use PHPUnit\Framework\TestCase;

final class SourceTest extends TestCase {

	private const LONGEST_LINE = 160;
	private const NOT_CALLS    = array( T_FUNCTION, T_NEW, T_OBJECT_OPERATOR, T_DOUBLE_COLON );

	/**
	 * The plugin's files: name to text.
	 *
	 * @return array<string,string>
	 */
	private static function files(): array {
		$names = glob( TIRAGE_DIR . '/*.php' );
		return array_combine( array_map( 'basename', $names ), array_map( 'file_get_contents', $names ) );
	}

	/**
	 * The tokens of a text that are no white space.
	 *
	 * @return array<int,array{int,string}>
	 */
	private static function tokens( string $text ): array {
		$tokens = array_map( fn ( $token ) => is_array( $token ) ? $token : array( 0, $token ), token_get_all( $text ) );
		return array_values( array_filter( $tokens, fn ( $token ) => T_WHITESPACE !== $token[0] ) );
	}

	/**
	 * The names in a text that are called as functions.
	 *
	 * @return string[]
	 */
	private static function calls( string $text ): array {
		$tokens = self::tokens( $text );
		$calls  = array();
		foreach ( $tokens as $at => $token ) {
			$is_name = T_STRING === $token[0] && '(' === ( $tokens[ $at + 1 ][1] ?? '' );
			if ( $is_name && ! in_array( $tokens[ $at - 1 ][0], self::NOT_CALLS, true ) ) {
				$calls[] = $token[1];
			}
		}
		return array_unique( $calls );
	}

	public function test_every_function_and_constant_carries_our_prefix(): void {
		$functions = array_filter(
			get_defined_functions()['user'],
			fn ( $name ) => 0 === strpos( (string) ( new ReflectionFunction( $name ) )->getFileName(), TIRAGE_DIR . '/' )
		);
		$named     = array_filter( $functions, fn ( $name ) => false === strpos( $name, '{closure' ) );
		$this->assertGreaterThan( 100, count( $named ) );
		$this->assertSame( array(), preg_grep( '/^tirage_[a-z0-9_]+$/', $named, PREG_GREP_INVERT ) );
		foreach ( self::files() as $file => $text ) {
			preg_match_all( '/^(?:const |define\( \')(\w+)/m', $text, $constants );
			$this->assertSame( array(), preg_grep( '/^TIRAGE_[A-Z_]+$/', $constants[1], PREG_GREP_INVERT ), $file );
		}
	}

	public function test_every_function_that_is_called_exists_on_this_php_and_wordpress(): void {
		$last = array( 'tirage_uninstall_site', 'tirage_uninstall_passwords' ); // loaded by uninstalling only.
		foreach ( self::files() as $file => $text ) {
			$missing = array_filter( array_diff( self::calls( $text ), $last ), fn ( $name ) => ! function_exists( $name ) );
			$this->assertSame( array(), array_values( $missing ), $file );
		}
	}

	public function test_comparisons_are_strict(): void {
		foreach ( self::files() as $file => $text ) {
			$loose = array_filter( self::tokens( $text ), fn ( $token ) => in_array( $token[0], array( T_IS_EQUAL, T_IS_NOT_EQUAL ), true ) );
			$this->assertSame( array(), array_column( $loose, 2 ), "$file, lines" );
			preg_match_all( '/\bin_array\((?:[^()]|(\((?:[^()]|(?1))*\)))*\)/', $text, $searches );
			$this->assertSame( array(), preg_grep( '/, true \)$/', $searches[0], PREG_GREP_INVERT ), $file );
		}
	}

	public function test_arrays_have_space_inside_their_parentheses(): void {
		foreach ( self::files() as $file => $text ) {
			$this->assertSame( array(), preg_grep( '/\barray\([^\s)]/', explode( "\n", $text ) ), $file );
		}
	}

	public function test_no_file_does_anything_when_it_is_asked_for_directly(): void {
		foreach ( self::files() as $file => $text ) {
			$constant = 'uninstall.php' === $file ? 'WP_UNINSTALL_PLUGIN' : 'ABSPATH';
			$this->assertMatchesRegularExpression( "#^<\?php\n/\*\*.*?\*/\n\nif \( ! defined\( '$constant' \) \) {\n\texit;\n}\n#s", $text, $file );
		}
	}

	public function test_only_sentences_and_html_make_a_long_line(): void {
		foreach ( self::files() as $file => $text ) {
			$long = preg_grep( '/^.{' . ( self::LONGEST_LINE + 1 ) . ',}/u', explode( "\n", $text ) );
			$this->assertSame( array(), preg_grep( "/\b(__|_n|_x|esc_html__|esc_attr__)\(|'<\w/", $long, PREG_GREP_INVERT ), $file );
		}
	}

	public function test_a_check_that_is_skipped_says_why(): void {
		foreach ( self::files() as $file => $text ) {
			preg_match_all( '/phpcs:.*/', $text, $exceptions );
			$this->assertSame( array(), preg_grep( '/^phpcs:ignore [\w.,]+ -- \S/', $exceptions[0], PREG_GREP_INVERT ), $file );
		}
	}
}
