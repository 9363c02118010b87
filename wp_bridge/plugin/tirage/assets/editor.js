/**
 * The panel "Tirage" in the block editor: the settings of the post's contest, how it stands, and what went wrong.
 *
 * The settings are post meta, so they are saved with the post; the plugin then hands them over to the service, and the
 * panel asks how that went.
 */
( function ( wp, facts, fields ) {
	'use strict';

	const { createElement: el, Fragment, useEffect, useRef, useState } = wp.element;
	const { ExternalLink, Notice, TextControl, TextareaControl, ToggleControl } = wp.components;
	const { field, Pools, Message, Lines, Claims } = fields;
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
	function Fields( { settings, change, contest, isFixed } ) {
		const toggle = ( name, label, help ) =>
			field( ToggleControl, name, {
				label,
				help,
				disabled: isFixed,
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
				disabled: isFixed,
				value: settings.closes.replace( ' ', 'T' ),
				onChange: ( value ) => change( { closes: value.replace( 'T', ' ' ).slice( 0, 16 ) } ),
			} ),
			el( Pools, { settings, change, isFixed } ),
			el( Message, { settings, change, contest, isFixed } ),
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
			toggle(
				'publishes_list',
				__( 'Publish the list of entries as soon as it is sealed', 'tirage' ),
				__( 'Whoever has the list can compute the winners before the announcement.', 'tirage' )
			),
			el( Lines, {
				name: 'excluded',
				label: __( 'May not win', 'tirage' ),
				help: __( 'One a line: an e-mail address, a name, or an account as #12.', 'tirage' ),
				settings,
				change,
				disabled: isFixed,
			} ),
			el( Claims, { settings, change, isFixed } ),
			el( 'h3', null, __( 'For readers', 'tirage' ) ),
			field( TextareaControl, 'how_to', {
				label: __( 'How to enter, in your words', 'tirage' ),
				help: __( 'Shown by the block “Giveaway” and the shortcode [tirage]. Empty: a sentence of ours.', 'tirage' ),
				value: settings.how_to,
				rows: 2,
				onChange: ( value ) => change( { how_to: value.slice( 0, 500 ) } ),
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
		const kept = { ...facts.defaults, ...saved };
		const names = Object.keys( facts.defaults ).filter( ( name ) => name !== 'how_to' );
		return names.some( ( name ) => JSON.stringify( kept[ name ] ) !== JSON.stringify( standing.settings[ name ] ) );
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
				settings.enabled && el( Fields, { settings, change, contest, isFixed } )
			)
		);
	}

	wp.plugins.registerPlugin( 'tirage', { render: ContestPanel } );
} )( window.wp, window.tirageEditor, window.tirageFields );
