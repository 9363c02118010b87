<?php
/**
 * What is sent, what comes back, and how long to wait after a failure.
 */

use PHPUnit\Framework\TestCase;

final class DeliveriesTest extends TestCase {

	private static function answer( int $status, string $body ): array {
		return array(
			'response' => array( 'code' => $status ),
			'body'     => $body,
		);
	}

	public function test_an_event_tells_only_the_ids_it_has(): void {
		$row = array(
			'event'      => 'comment.added',
			'post_id'    => '12',
			'comment_id' => '34',
			'answer'     => 'x',
		);
		$this->assertSame( '{"event":"comment.added","post":12,"comment":34}', wp_json_encode( tirage_event_json( (object) $row ) ) );
		$row = array(
			'event'      => 'privacy.erased',
			'post_id'    => '0',
			'comment_id' => '0',
		);
		$this->assertSame( '{"event":"privacy.erased"}', wp_json_encode( tirage_event_json( (object) $row ) ) );
	}

	public function test_pauses_grow_and_the_last_one_stays(): void {
		foreach ( array( TIRAGE_PAUSES, TIRAGE_SAVE_PAUSES, TIRAGE_STATE_PAUSES ) as $pauses ) {
			$grown = array_map( fn ( $failures ) => tirage_pause( $pauses, $failures ), range( 1, count( $pauses ) ) );
			$this->assertSame( $pauses, $grown );
			$this->assertSame( max( $pauses ), tirage_pause( $pauses, 1000 ) );
			$this->assertSame( $pauses[0], tirage_pause( $pauses, 0 ) );
		}
	}

	public function test_an_answer_of_200_is_its_json(): void {
		$this->assertSame( array( 'service' => 'tirage' ), tirage_read_answer( self::answer( 200, '{"service":"tirage"}' ) ) );
	}

	public function test_a_problem_is_told_in_our_words_where_we_know_it(): void {
		$error = tirage_read_answer( self::answer( 409, '{"code":"sealed","detail":"Its own words."}' ) );
		$this->assertSame( 'sealed', $error->get_error_code() );
		$this->assertSame( array( 'status' => 409 ), $error->get_error_data() );
		$this->assertStringNotContainsString( 'Its own words', $error->get_error_message() );
	}

	public function test_a_problem_that_is_new_to_us_is_told_in_the_service_s_words(): void {
		$error = tirage_read_answer( self::answer( 400, '{"code":"brand_new","detail":"<b>Its own</b> words."}' ) );
		$this->assertSame( 'Its own words.', $error->get_error_message() );
		foreach ( array( '', '<br>' ) as $silent ) {
			$this->assertNotSame( '', trim( tirage_problem_words( 'brand_new', $silent ) ) );
		}
	}

	public function test_an_answer_that_is_not_the_service_s_is_called_so(): void {
		$others = array( array( 200, '<html>' ), array( 200, '"x"' ), array( 404, '[]' ), array( 502, '' ), array( 301, '{"code":[]}' ) );
		foreach ( $others as list( $status, $body ) ) {
			$error = tirage_read_answer( self::answer( $status, $body ) );
			$this->assertSame( 'tirage_not_tirage', $error->get_error_code(), $body );
			$this->assertStringContainsString( (string) $status, $error->get_error_message() );
		}
	}

	public function test_what_is_kept_of_an_answer_fits_its_column(): void {
		$long = wp_json_encode(
			array(
				'code'   => 'brand_new',
				'detail' => str_repeat( 'é', 999 ),
			)
		);
		foreach ( array( self::answer( 500, $long ), new WP_Error( 'http', str_repeat( 'é', 999 ) ) ) as $answer ) {
			$this->assertSame( 200, mb_strlen( tirage_answer_words( $answer ) ) );
		}
		$this->assertStringStartsWith( '500 ', tirage_answer_words( self::answer( 500, $long ) ) );
	}

	public function test_comments_are_cut_at_the_limit_or_at_so_many_bytes_but_one_always_goes(): void {
		$small = array_fill( 0, 5, array( 'comment_content' => 'x' ) );
		$large = array_fill( 0, 5, array( 'comment_content' => str_repeat( 'x', (int) ( TIRAGE_MOST_BYTES / 3 ) ) ) );
		$huge  = array_fill( 0, 5, array( 'comment_content' => str_repeat( 'x', TIRAGE_MOST_BYTES + 1 ) ) );
		$this->assertCount( 3, tirage_cut( $small, 3 ) );
		$this->assertCount( 5, tirage_cut( $small, 9 ) );
		$this->assertCount( 2, tirage_cut( $large, 5 ) );
		$this->assertCount( 1, tirage_cut( $huge, 5 ) );
		$this->assertCount( 0, tirage_cut( $small, 0 ) );
		$this->assertCount( 0, tirage_cut( array(), 5 ) );
	}
}
