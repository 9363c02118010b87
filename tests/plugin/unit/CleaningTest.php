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
