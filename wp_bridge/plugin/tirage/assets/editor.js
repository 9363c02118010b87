/**
 * The panel "Tirage" in the block editor: the settings of the post's contest, how it stands, and what went wrong.
 *
 * The settings are post meta, so they are saved with the post; the plugin then hands them over to the service, and the
 * panel asks how that went.
 */
( function ( wp, facts ) {
	'use strict';

	const { createElement: el, Fragment, useEffect, useRef, useState } = wp.element;
	const { ExternalLink, Notice, TextControl, TextareaControl, ToggleControl } = wp.components;
	const { useSelect } = wp.data;
	const { useEntityProp } = wp.coreData;
	const { __, _n, sprintf } = wp.i18n;
	// WordPress 6.6 moved the panel from wp.editPost to wp.editor.
	const Panel = ( wp.editor && wp.editor.PluginDocumentSettingPanel ) || wp.editPost.PluginDocumentSettingPanel;
	const OURS = 'tirage-problem';

	/** A time on the blog's clock, as the settings write it. */
	const onTheBlogsClock = ( time ) => wp.date.date( 'Y-m-d H:i', time );

	/** What is wrong with the settings or may surprise, in sentences; `since` is when the post is published. */
	function warnings( settings, contest, since ) {
		if ( ! settings.closes ) {
			return [ __( 'A contest needs a deadline: choose a day and a time.', 'tirage' ) ];
		}
		if ( ! contest && settings.closes <= since ) {
			return [ __( 'The deadline lies before the post is published, so nobody could enter: choose a later one, then save again.', 'tirage' ) ];
		}
		const isAsBefore = contest && settings.closes === onTheBlogsClock( contest.closes_at * 1000 );
		if ( isAsBefore || settings.closes > onTheBlogsClock( Date.now() ) ) {
			return [];
		}
		return [
			settings.automatic
				? __( 'This deadline has passed already: as soon as you save, the winners are drawn and announced.', 'tirage' )
				: __( 'This deadline has passed already: nobody can enter any more.', 'tirage' ),
		];
	}

	/** A whole number between two bounds, whatever was typed. */
	function number( text, least ) {
		const value = parseInt( text, 10 );
		return Math.max( least, Math.min( facts.mostPlaces, isNaN( value ) ? least : value ) );
	}

	/** Tells above the post what went wrong with its contest: the panel may be folded. */
	function announce( told ) {
		const notices = wp.data.dispatch( 'core/notices' );
		if ( told.problem ) {
			/* translators: %s: what went wrong */
			notices.createErrorNotice( sprintf( __( 'Tirage: %s', 'tirage' ), told.problem ), { id: OURS } );
		} else {
			notices.removeNotice( OURS );
		}
	}

	/** How the contest stands, asked for now and after each save. */
	function useStanding( postId ) {
		const [ standing, setStanding ] = useState( null );
		const isSaving = useSelect( ( select ) => {
			const editor = select( 'core/editor' );
			return editor.isSavingPost() && ! editor.isAutosavingPost();
		}, [] );
		const wasSaving = useRef( false );
		const isMounted = useRef( true );
		const ask = () =>
			wp.apiFetch( { path: '/tirage/v1/contest/' + postId } )
				.catch( ( error ) => ( { contest: null, problem: error.message || '' } ) )
				.then( ( told ) => {
					if ( isMounted.current ) {
						setStanding( told );
						announce( told );
					}
				} );
		useEffect( () => {
			isMounted.current = true;
			ask();
			return () => {
				isMounted.current = false;
			};
		}, [ postId ] );
		useEffect( () => {
			if ( wasSaving.current && ! isSaving ) {
				ask();
			}
			wasSaving.current = isSaving;
		}, [ isSaving ] );
		return standing;
	}

	/** How the contest stands, in words. */
	function Standing( { contest } ) {
		const entries = sprintf(
			/* translators: 1: number of entries, 2: how many of them can win */
			_n( '%1$d entry, %2$d can win', '%1$d entries, %2$d can win', contest.entries, 'tirage' ),
			contest.entries,
			contest.eligible
		);
		return el(
			'div',
			{ className: 'tirage-standing', role: 'status', 'data-phase': contest.phase },
			el( 'p', null, el( 'strong', null, facts.phases[ contest.phase ] || contest.phase ), el( 'br' ), entries ),
			contest.page_url && el( ExternalLink, { href: contest.page_url }, __( 'The contest’s public page', 'tirage' ) ),
			contest.problem && el( Notice, { status: 'warning', isDismissible: false }, contest.problem )
		);
	}

	/** The fields. */
	function Fields( { settings, change, isFixed } ) {
		const [ excluded, setExcluded ] = useState( settings.excluded.join( '\n' ) );
		const field = ( Control, name, given ) =>
			el( Control, {
				className: 'tirage-field tirage-field-' + name,
				disabled: isFixed,
				value: settings[ name ],
				__nextHasNoMarginBottom: true,
				...( Control === TextControl ? { __next40pxDefaultSize: true } : {} ),
				...given,
			} );
		const places = ( name, least, label, help ) =>
			field( TextControl, name, {
				type: 'number',
				min: least,
				max: facts.mostPlaces,
				label,
				help,
				value: String( settings[ name ] ),
				onChange: ( value ) => change( { [ name ]: number( value, least ) } ),
			} );
		const toggle = ( name, label, help ) =>
			field( ToggleControl, name, {
				label,
				help,
				value: undefined,
				checked: settings[ name ],
				onChange: ( value ) => change( { [ name ]: value } ),
			} );
		return el(
			Fragment,
			null,
			field( TextControl, 'closes', {
				type: 'datetime-local',
				/* translators: %s: timezone */
				label: sprintf( __( 'Deadline (%s)', 'tirage' ), facts.timezone ),
				value: settings.closes.replace( ' ', 'T' ),
				onChange: ( value ) => change( { closes: value.replace( 'T', ' ' ).slice( 0, 16 ) } ),
			} ),
			places( 'winners', 1, __( 'Winners', 'tirage' ), __( 'Drawn among those who leave a comment.', 'tirage' ) ),
			places( 'alternates', 0, __( 'Alternates', 'tirage' ), __( 'They move up when a winner is struck or doesn’t answer.', 'tirage' ) ),
			el( 'h3', null, __( 'Rules', 'tirage' ) ),
			toggle( 'replies_count', __( 'Replies to other comments count too', 'tirage' ) ),
			toggle( 'staff_may_win', __( 'Those who write for the blog may win', 'tirage' ) ),
			toggle( 'automatic', __( 'Seal, draw and announce without a review', 'tirage' ) ),
			settings.automatic &&
				toggle(
					'leave_out_held',
					__( 'Leave out what is still held then', 'tirage' ),
					__( 'Otherwise the draw waits until you approve or bin it.', 'tirage' )
				),
			field( TextareaControl, 'excluded', {
				label: __( 'May not win', 'tirage' ),
				help: __( 'One a line: an e-mail address, a name, or an account as #12.', 'tirage' ),
				value: excluded,
				rows: 3,
				onChange: ( value ) => {
					setExcluded( value );
					change( { excluded: value.split( '\n' ).map( ( line ) => line.trim() ).filter( Boolean ) } );
				},
			} ),
			el( 'h3', null, __( 'For readers', 'tirage' ) ),
			field( TextareaControl, 'how_to', {
				label: __( 'How to enter, in your words', 'tirage' ),
				help: __( 'Shown by the block “Giveaway” and the shortcode [tirage]. Empty: a sentence of ours.', 'tirage' ),
				disabled: false,
				rows: 2,
				onChange: ( value ) => change( { how_to: value.slice( 0, 500 ) } ),
			} ),
			field( TextareaControl, 'message', {
				label: __( 'Message for X', 'tirage' ),
				help: __( 'Readers get a button that posts it with the address of this post. Empty: no button.', 'tirage' ),
				disabled: false,
				rows: 2,
				onChange: ( value ) => change( { message: value.slice( 0, 240 ) } ),
			} )
		);
	}

	/** Where to connect the service, while it isn't. */
	function NotConnected() {
		return el(
			Notice,
			{ status: 'warning', isDismissible: false },
			__( 'Tirage isn’t connected to its service yet.', 'tirage' ) + ' ',
			facts.settingsUrl
				? el( 'a', { href: facts.settingsUrl }, __( 'Connect it', 'tirage' ) )
				: __( 'Ask an administrator to do it under Settings → Tirage.', 'tirage' )
		);
	}

	/** When the contest opens, or what can be done once it is open. */
	function toggleHelp( contest, status ) {
		if ( contest ) {
			return contest.is_changeable
				? __( 'It is open, so it can’t be unticked any more. To end it sooner, choose an earlier deadline and save.', 'tirage' )
				: __( 'The list of entries is sealed: these settings can’t change any more.', 'tirage' );
		}
		return facts.opensAt.includes( status )
			? __( 'It opens when you save the post.', 'tirage' )
			: __( 'It opens when the post is published, also by schedule.', 'tirage' );
	}

	/** What the panel is about, from the editor's store. */
	function usePost() {
		return useSelect( ( select ) => {
			const editor = select( 'core/editor' );
			return {
				postId: editor.getCurrentPostId(),
				postType: editor.getCurrentPostType(),
				status: editor.getCurrentPostAttribute( 'status' ),
				since: editor.isEditedPostDateFloating()
					? onTheBlogsClock( Date.now() )
					: editor.getEditedPostAttribute( 'date' ).replace( 'T', ' ' ).slice( 0, 16 ),
				saved: ( editor.getCurrentPostAttribute( 'meta' ) || {} )._tirage_settings,
			};
		}, [] );
	}

	/** Whether the contest was changed by another way than this page, which still shows what was before. */
	function isOutOfDate( saved, standing ) {
		if ( ! saved || ! standing || ! standing.contest || ! standing.settings ) {
			return false;
		}
		const names = [ 'enabled', 'closes', 'winners', 'alternates', 'automatic', 'replies_count', 'staff_may_win', 'leave_out_held', 'excluded' ];
		return names.some( ( name ) => String( saved[ name ] ) !== String( standing.settings[ name ] ) );
	}

	function ContestPanel() {
		const { postId, postType, status, since, saved } = usePost();
		const [ meta, setMeta ] = useEntityProp( 'postType', postType, 'meta' );
		const standing = useStanding( postId );
		if ( ! meta || ! meta._tirage_settings ) {
			return null;
		}
		const settings = { ...facts.defaults, ...meta._tirage_settings };
		const change = ( part ) => setMeta( { ...meta, _tirage_settings: { ...settings, ...part } } );
		const contest = standing && standing.contest;
		const isFixed = Boolean( contest && ! contest.is_changeable );
		const isOn = settings.enabled || Boolean( contest );
		const problem = ( standing && standing.problem ) || '';
		const found = settings.enabled && ! isFixed ? warnings( settings, contest, since ).filter( ( words ) => words !== problem ) : [];
		return el(
			Panel,
			{ name: 'tirage', title: 'Tirage', className: 'tirage-panel' },
			el(
				'div',
				{ className: 'tirage-fields' },
				! facts.isReady && el( NotConnected ),
				problem && el( Notice, { status: 'error', isDismissible: false, className: 'tirage-problem' }, problem ),
				isOutOfDate( saved, standing ) &&
					el( Notice, { status: 'warning', isDismissible: false }, __( 'This contest was changed elsewhere: reload this page to see its settings as they are.', 'tirage' ) ),
				contest && el( Standing, { contest } ),
				el( ToggleControl, {
					className: 'tirage-field tirage-field-enabled',
					label: __( 'This post is a contest', 'tirage' ),
					help: isOn ? toggleHelp( contest, status ) : undefined,
					checked: isOn,
					disabled: Boolean( contest ),
					onChange: ( value ) => change( { enabled: value } ),
					__nextHasNoMarginBottom: true,
				} ),
				found.map( ( words ) => el( Notice, { key: words, status: 'warning', isDismissible: false, className: 'tirage-warning' }, words ) ),
				settings.enabled && el( Fields, { settings, change, isFixed } )
			)
		);
	}

	wp.plugins.registerPlugin( 'tirage', { render: ContestPanel } );
} )( window.wp, window.tirageEditor );
