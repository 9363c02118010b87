/**
 * The fields of the panel "Tirage" for pools, message and claims: who takes part, what there is to win, what to post, and
 * what winners are asked for.
 *
 * Pools that can't be expressed here are only shown, and saved as they are.
 */
( function ( wp, facts ) {
	'use strict';

	const { createElement: el, Fragment, useState } = wp.element;
	const { Notice, SelectControl, TextareaControl, TextControl, ToggleControl } = wp.components;
	const { __, _n, sprintf } = wp.i18n;
	const CHANNELS = { comments: [ 'comments' ], each: [ 'comments', 'posts' ], both: [ 'both' ], posts: [ 'posts' ] };
	const FIRST = { winners: 1, alternates: 3, prize: '' };

	/** One of the panel's fields. */
	const field = ( Control, name, given ) =>
		el( Control, {
			className: 'tirage-field tirage-field-' + name,
			__nextHasNoMarginBottom: true,
			...( Control === TextControl || Control === SelectControl ? { __next40pxDefaultSize: true } : {} ),
			...given,
		} );

	/** A whole number between two bounds, whatever was typed. */
	function number( text, least, most = facts.mostPlaces ) {
		const value = parseInt( text, 10 );
		return Math.max( least, Math.min( most, isNaN( value ) ? least : value ) );
	}

	const isOurs = ( pool ) => ( facts.poolNames[ pool.channel ] || [] ).some( ( name ) => name.toLowerCase() === pool.name.toLowerCase() );
	const takesPosts = ( pools ) => pools.some( ( pool ) => pool.channel !== 'comments' );

	/** The pools, also where the settings need none to say so. */
	function poolsOf( settings ) {
		const { winners, alternates } = settings;
		return settings.pools.length ? settings.pools : [ { ...FIRST, name: facts.poolNames.comments[ 0 ], channel: 'comments', winners, alternates } ];
	}

	/** The pools as the settings have them: none for commenters alone without a prize to name. */
	function asSettings( pools ) {
		const [ { winners, alternates, channel, prize } ] = pools;
		return { winners, alternates, pools: pools.length === 1 && channel === 'comments' && ! prize ? [] : pools };
	}

	/** Which choice the pools are; 'other' for those that can't be expressed here. */
	function choiceOf( pools ) {
		const channels = String( pools.map( ( pool ) => pool.channel ) );
		const who = Object.keys( CHANNELS ).find( ( name ) => String( CHANNELS[ name ] ) === channels );
		return who && pools.every( isOurs ) ? who : 'other';
	}

	/** The pools for another choice, with the places and prizes that were typed already. */
	function poolsFor( who, pools ) {
		return CHANNELS[ who ].map( ( channel, at ) => {
			const same = pools.find( ( pool ) => pool.channel === channel );
			return same || { ...FIRST, ...( at ? {} : pools[ 0 ] ), name: facts.poolNames[ channel ][ 0 ], channel };
		} );
	}

	/** Among whom a pool draws. */
	function drawnAmong( channel ) {
		const words = {
			comments: __( 'Drawn among those who leave a comment.', 'tirage' ),
			posts: __( 'Drawn among those who post the message.', 'tirage' ),
			both: __( 'Drawn among those who leave a comment or post the message, each person once.', 'tirage' ),
		};
		return words[ channel ];
	}

	/** What a pool has to win. */
	function Places( { pool, title, isFirst, change, isFixed } ) {
		const places = ( name, least, label, help ) =>
			field( TextControl, name, {
				type: 'number',
				min: least,
				max: facts.mostPlaces,
				label,
				help,
				disabled: isFixed,
				value: String( pool[ name ] ),
				onChange: ( value ) => change( { [ name ]: number( value, least ) } ),
			} );
		return el(
			'div',
			{ className: 'tirage-pool', 'data-channel': pool.channel },
			title && el( 'h3', null, title ),
			places( 'winners', 1, __( 'Winners', 'tirage' ), drawnAmong( pool.channel ) ),
			places( 'alternates', 0, __( 'Alternates', 'tirage' ), isFirst && __( 'They move up when a winner is struck or doesn’t answer.', 'tirage' ) ),
			field( TextControl, 'prize', {
				label: __( 'Prize (may stay empty)', 'tirage' ),
				disabled: isFixed,
				value: pool.prize,
				onChange: ( value ) => change( { prize: value.slice( 0, facts.longestPrize ) } ),
			} )
		);
	}

	/** Pools that were made elsewhere, to read. */
	function OtherPools( { pools } ) {
		const words = ( { name, prize, winners, channel } ) => [
			el( 'bdi', { key: 'name' }, [ name, prize ].filter( Boolean ).join( ' – ' ) ),
			' – ',
			/* translators: %s: a number */
			sprintf( _n( '%s winner', '%s winners', winners, 'tirage' ), winners ),
			' – ',
			drawnAmong( channel ),
		];
		return el(
			'div',
			{ className: 'tirage-other' },
			el( 'p', null, __( 'The pools of this contest were made by the command line or the API, and are changed there. Saving the post leaves them as they are.', 'tirage' ) ),
			el( 'ul', null, pools.map( ( pool ) => el( 'li', { key: pool.name }, words( pool ) ) ) )
		);
	}

	/** Who takes part, and what each pool has to win. */
	function Pools( { settings, change, isFixed } ) {
		const pools = poolsOf( settings );
		const who = choiceOf( pools );
		const set = ( at, part ) => change( asSettings( pools.map( ( pool, other ) => ( other === at ? { ...pool, ...part } : pool ) ) ) );
		const choice = () =>
			field( SelectControl, 'who', {
				label: __( 'Who takes part', 'tirage' ),
				disabled: isFixed,
				value: who,
				options: [
					{ value: 'comments', label: __( 'Commenters only', 'tirage' ) },
					{ value: 'each', label: __( 'Commenters and posters, each with a prize of their own', 'tirage' ) },
					{ value: 'both', label: __( 'Commenters and posters together', 'tirage' ) },
					{ value: 'posts', label: __( 'Posters only', 'tirage' ) },
				],
				onChange: ( value ) => change( asSettings( poolsFor( value, pools ) ) ),
			} );
		const places = ( pool, at ) =>
			el( Places, { key: pool.channel, pool, title: pools.length > 1 && pool.name, isFirst: at === 0, isFixed, change: ( part ) => set( at, part ) } );
		return el(
			Fragment,
			null,
			who === 'other' ? el( OtherPools, { pools } ) : [ el( Fragment, { key: 'who' }, choice() ), ...pools.map( places ) ],
			pools.length > 1 &&
				field( ToggleControl, 'one_prize', {
					label: __( 'One prize per person', 'tirage' ),
					disabled: isFixed,
					checked: settings.one_prize,
					onChange: ( value ) => change( { one_prize: value } ),
				} )
		);
	}

	/** A list in one line, with a mark before each. */
	function Words( { name, mark, between, settings, change, ...given } ) {
		const [ text, setText ] = useState( settings[ name ].map( ( word ) => mark + word ).join( ' ' ) );
		const bare = ( word ) => ( mark && word.startsWith( mark ) ? word.slice( 1 ) : word );
		return field( TextControl, name, {
			...given,
			value: text,
			onChange: ( value ) => {
				setText( value );
				change( { [ name ]: value.split( between ).map( bare ).filter( Boolean ) } );
			},
		} );
	}

	/** A list with one thing a line. */
	function Lines( { name, settings, change, ...given } ) {
		const [ text, setText ] = useState( settings[ name ].join( '\n' ) );
		return field( TextareaControl, name, {
			...given,
			rows: 3,
			value: text,
			onChange: ( value ) => {
				setText( value );
				change( { [ name ]: value.split( '\n' ).map( ( line ) => line.trim() ).filter( Boolean ) } );
			},
		} );
	}

	/** Where the message is too long, as it was saved. */
	function tooLong( contest ) {
		return ( ( contest && contest.compose ) || [] )
			.filter( ( one ) => ! one.fits )
			.map( ( { network, length, longest } ) => {
				const over = length - longest;
				/* translators: 1: name of a network, 2: number of characters */
				return sprintf( _n( 'The message is too long for %1$s by %2$s character.', 'The message is too long for %1$s by %2$s characters.', over, 'tirage' ), facts.networks[ network ], over );
			} );
	}

	/** What makes a post count. */
	const whatCounts = ( settings ) =>
		settings.needs_all
			? __( 'Readers post it on X, Mastodon or Bluesky. A post counts when it carries the link, a hashtag and a mention, as far as you ask for them.', 'tirage' )
			: __( 'Readers post it on X, Mastodon or Bluesky. A post counts when it carries the link, a hashtag or a mention: one of them is enough.', 'tirage' );

	/** What entrants are asked to post, where posts take part. */
	function Message( { settings, change, contest, isFixed } ) {
		if ( ! takesPosts( poolsOf( settings ) ) ) {
			return null;
		}
		const words = ( name, mark, between, label, help ) =>
			el( Words, { name, mark, between, label, help, settings, change, disabled: isFixed } );
		const mayLackLink = ! settings.links.length && Boolean( settings.hashtags.length || settings.mentions.length );
		return el(
			'div',
			{ className: 'tirage-message' },
			el( 'h3', null, __( 'The message to post', 'tirage' ) ),
			el( 'p', null, whatCounts( settings ) ),
			tooLong( contest ).map( ( told ) => el( Notice, { key: told, status: 'warning', isDismissible: false, className: 'tirage-too-long' }, told ) ),
			field( TextareaControl, 'message', {
				label: __( 'Text', 'tirage' ),
				disabled: isFixed,
				rows: 3,
				value: settings.message,
				onChange: ( value ) => change( { message: value.slice( 0, facts.longestMessage ) } ),
			} ),
			words( 'links', '', /\s+/, __( 'Link (empty: this post)', 'tirage' ) ),
			words( 'hashtags', '#', /[\s,;]+/, __( 'Hashtags', 'tirage' ) ),
			words( 'mentions', '@', /[\s,;]+/, __( 'Accounts to mention, such as @blog, @blog@mastodon.example', 'tirage' ) ),
			mayLackLink &&
				field( ToggleControl, 'no_link', {
					label: __( 'No link: the hashtag or the mention is what counts', 'tirage' ),
					disabled: isFixed,
					checked: settings.no_link,
					onChange: ( value ) => change( { no_link: value } ),
				} )
		);
	}

	/** How long winners have to claim their prize, and what they are asked for. */
	function Claims( { settings, change, isFixed } ) {
		return el(
			Fragment,
			null,
			el( 'h3', null, __( 'Claiming a prize', 'tirage' ) ),
			field( TextControl, 'claim_days', {
				type: 'number',
				min: 0,
				max: facts.mostClaimDays,
				label: __( 'Days that winners have to claim their prize', 'tirage' ),
				help: __( '0: nobody is asked. Otherwise each winner gets a private link, and what isn’t claimed in time passes on to the next.', 'tirage' ),
				disabled: isFixed,
				value: String( settings.claim_days ),
				onChange: ( value ) => change( { claim_days: number( value, 0, facts.mostClaimDays ) } ),
			} ),
			settings.claim_days > 0 &&
				el( Lines, {
					name: 'claim_fields',
					label: __( 'What winners are asked for', 'tirage' ),
					help: __( 'One a line, such as “Postal address”. Empty: only whether they take the prize.', 'tirage' ),
					settings,
					change,
					disabled: isFixed,
				} )
		);
	}

	window.tirageFields = { field, Pools, Message, Lines, Claims };
} )( window.wp, window.tirageEditor );
