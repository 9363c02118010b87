<?php
/**
 * Whatever is sent, what is kept has everything in its place.
 */

use PHPUnit\Framework\TestCase;

final class CleaningTest extends TestCase {

	private const TOLD = array(
		'phase'     => 'open',
		'closes_at' => '2026-11-27T16:00:00Z',
	);

	public function test_a_browser_s_time_becomes_the_service_s(): void {
		$this->assertSame( '2026-11-27 17:00', tirage_clean_time( '2026-11-27T17:00' ) );
		$this->assertSame( '2026-11-27 17:00', tirage_clean_time( '2026-11-27 17:00:59' ) );
	}

	public function test_what_is_no_time_is_none(): void {
		foreach ( array( '', 'tomorrow', '2026-11-27', '2026-11-27T17:00Z', 'x2026-11-27 17:00', null, 5, array( 'x' ) ) as $value ) {
			$this->assertSame( '', tirage_clean_time( $value ) );
		}
	}

	public function test_nothing_at_all_is_the_default(): void {
		foreach ( array( array(), null, '', new stdClass() ) as $value ) {
			$this->assertSame( tirage_default_settings(), tirage_clean_settings( $value ) );
		}
	}

	public function test_numbers_of_places_stay_within_sense(): void {
		$cases = array(
			array( '4', 4 ),
			array( 0, 1 ),
			array( -3, 1 ),
			array( '1e9', TIRAGE_MOST_PLACES ),
			array( 'many', 1 ),
			array( array( 7 ), 1 ),
		);
		foreach ( $cases as list( $sent, $kept ) ) {
			$this->assertSame( $kept, tirage_clean_settings( array( 'winners' => $sent ) )['winners'] );
		}
		foreach ( array( -1, array( 7 ), 'x' ) as $sent ) {
			$this->assertSame( 0, tirage_clean_settings( array( 'alternates' => $sent ) )['alternates'] );
		}
	}

	public function test_who_is_excluded_is_told_once_and_without_blanks(): void {
		$settings = tirage_clean_settings( array( 'excluded' => array( ' Ada ', 'Zoé', '', 'Ada', 0, "#12\n" ) ) );
		$this->assertSame( array( 'Ada', 'Zoé', '#12' ), $settings['excluded'] );
	}

	public function test_days_to_claim_are_a_whole_number_within_what_the_service_takes(): void {
		$cases = array(
			array( 14, 14 ),
			array( '14', 14 ),
			array( 1.9, 1 ),
			array( 366, TIRAGE_MOST_CLAIM_DAYS ),
			array( '1e9', TIRAGE_MOST_CLAIM_DAYS ),
			array( -1, 0 ),
			array( '', 0 ),
			array( '14 days', 0 ),
			array( '<script>', 0 ),
			array( array( 14 ), 0 ),
			array( true, 0 ),
			array( null, 0 ),
		);
		foreach ( $cases as list( $sent, $kept ) ) {
			$this->assertSame( $kept, tirage_clean_settings( array( 'claim_days' => $sent ) )['claim_days'], (string) wp_json_encode( $sent ) );
		}
	}

	public function test_what_winners_are_asked_for_is_short_plain_and_told_once(): void {
		$sent = array( "  Postal\u{a0}\n address ", 'Postal address', '', " \u{200b}", 7, array( 'x' ), '<script>alert(1)</script>', "Si\u{ad}ze", "\xff", str_repeat( 'é', 99 ) );
		$kept = array( 'Postal address', '<script>alert(1)</script>', 'Size', str_repeat( 'é', TIRAGE_LONGEST_CLAIM_FIELD ) );
		$this->assertSame( $kept, tirage_clean_settings( array( 'claim_fields' => $sent ) )['claim_fields'] );
		foreach ( array( 'Postal address', 7, null, new stdClass(), true ) as $value ) {
			$this->assertSame( array(), tirage_clean_settings( array( 'claim_fields' => $value ) )['claim_fields'] );
		}
		$this->assertCount( TIRAGE_MOST_CLAIM_FIELDS, tirage_clean_settings( array( 'claim_fields' => array_map( 'strval', range( 1, 99 ) ) ) )['claim_fields'] );
	}

	public function test_the_service_s_claims_are_taken_as_far_as_it_tells_them(): void {
		$this->assertSame( array(), tirage_claims_settings( array() ) );
		$this->assertSame( array(), tirage_claims_settings( array( 'claims' => '<script>' ) ) );
		$this->assertSame( array( 'claim_days' => 0 ), tirage_claims_settings( array( 'claims' => array( 'days' => 0 ) ) ) );
		$this->assertSame( array( 'publishes_list' => false ), tirage_claims_settings( array( 'publishes_list' => false ) ) );
	}

	public function test_a_contest_of_an_earlier_version_does_not_take_itself_for_changed(): void {
		$first = array(
			'enabled'        => true,
			'closes'         => '2026-11-27 17:00',
			'winners'        => 2,
			'alternates'     => 3,
			'automatic'      => false,
			'replies_count'  => true,
			'staff_may_win'  => false,
			'leave_out_held' => false,
			'excluded'       => array( 'Ada' ),
		);
		$added = array(
			'claim_days'     => 14,
			'claim_fields'   => array( 'Size' ),
			'publishes_list' => true,
		);
		$this->assertSame( md5( (string) wp_json_encode( $first ) ), tirage_fingerprint( tirage_clean_settings( $first ) ) );
		foreach ( $added as $name => $value ) {
			$changed = tirage_clean_settings( array( $name => $value ) + $first );
			$this->assertNotSame( md5( (string) wp_json_encode( $first ) ), tirage_fingerprint( $changed ), $name );
		}
	}

	public function test_a_text_is_cut_between_characters(): void {
		$this->assertSame( 'éé', tirage_clean_text( 'ééé', 2 ) );
	}

	public function test_a_state_without_a_known_phase_or_a_deadline_is_none(): void {
		$this->assertNull( tirage_clean_state( array() ) );
		$this->assertNull( tirage_clean_state( array( 'phase' => 'over' ) + self::TOLD ) );
		foreach ( array( 'x', 'tomorrow', '2026-11-27', '2026-11-27T16:00:00', null, 5 ) as $time ) {
			$this->assertNull( tirage_clean_state( array( 'closes_at' => $time ) + self::TOLD ) );
		}
	}

	public function test_a_state_that_says_little_is_complete(): void {
		$this->assertSame(
			array(
				'phase'         => 'open',
				'closes_at'     => gmmktime( 16, 0, 0, 11, 27, 2026 ),
				'is_changeable' => false,
				'problem'       => '',
				'drawn'         => array(),
				'pools'         => array(),
				'compose'       => array(),
				'knows_claims'  => false,
				'entries'       => 0,
				'eligible'      => 0,
				'winners'       => 0,
				'alternates'    => 0,
				'page_url'      => '',
				'proof_url'     => '',
				'comment_url'   => '',
			),
			tirage_clean_state( self::TOLD )
		);
	}

	public function test_counts_of_a_state_are_numbers_and_links_are_web_addresses(): void {
		$odd   = array(
			'entries'   => '31',
			'eligible'  => -1,
			'winners'   => array( 1 ),
			'page_url'  => 'javascript:alert(1)',
			'proof_url' => 'https://draws.example/1',
		);
		$state = tirage_clean_state( $odd + self::TOLD );
		$this->assertSame( array( 31, 0, 0 ), array( $state['entries'], $state['eligible'], $state['winners'] ) );
		$this->assertSame( array( '', 'https://draws.example/1' ), array( $state['page_url'], $state['proof_url'] ) );
	}

	public function test_who_was_drawn_keeps_a_name_and_a_comment_or_a_post_and_what_was_won(): void {
		$drawn = array(
			array(
				'name'    => '<b>Zoé</b>',
				'comment' => '34',
				'email'   => 'zoe@example.org',
			),
			array(
				'name'    => '@ana',
				'comment' => 0,
				'url'     => 'https://x.com/ana/status/1',
				'pool'    => 'Publications',
				'prize'   => 'Un <3 livre',
			),
			'odd',
			array( 'url' => 'javascript:alert(1)' ),
		);
		$kept  = array(
			array( 'Zoé', 34, '', '', '' ),
			array( '@ana', 0, 'https://x.com/ana/status/1', 'Publications', 'Un <3 livre' ),
			array( '', 0, '', '', '' ),
		);
		$this->assertSame( $kept, array_map( 'array_values', tirage_clean_state( array( 'drawn' => $drawn ) + self::TOLD )['drawn'] ) );
	}
}
