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

	/** What is wrong with the settings, in sentences. */
	function complaints( settings, isNew ) {
		const found = [];
		if ( ! settings.closes ) {
			found.push( __( 'A contest needs a deadline: choose a day and a time.', 'tirage' ) );
		} else if ( isNew && settings.closes <= facts.now ) {
			found.push( __( 'The deadline has passed already: nobody could enter.', 'tirage' ) );
		}
		return found;
	}

	/** A whole number between two bounds, whatever was typed. */
	function number( text, least ) {
		const value = parseInt( text, 10 );
		return Math.max( least, Math.min( facts.mostPlaces, isNaN( value ) ? least : value ) );
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
			wp.apiFetch( { path: '/tirage/v1/contest/' + postId } ).then(
				( told ) => isMounted.current && setStanding( told ),
				( error ) => isMounted.current && setStanding( { contest: null, problem: error.message || '', is_ready: facts.isReady } )
			);
		useEffect( () => {
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
			{ className: 'tirage-standing', role: 'status' },
			el( 'p', null, el( 'strong', null, facts.phases[ contest.phase ] || contest.phase ), el( 'br' ), entries ),
			contest.problem && el( Notice, { status: 'warning', isDismissible: false }, contest.problem ),
			contest.page_url && el( ExternalLink, { href: contest.page_url }, __( 'The contest’s public page', 'tirage' ) )
		);
	}

	/** The fields. */
	function Fields( { settings, change, isFixed } ) {
		const [ excluded, setExcluded ] = useState( settings.excluded.join( '\n' ) );
		const common = { disabled: isFixed, __nextHasNoMarginBottom: true, __next40pxDefaultSize: true };
		const toggle = ( name, label, help ) =>
			el( ToggleControl, {
				label,
				help,
				checked: settings[ name ],
				disabled: isFixed,
				onChange: ( value ) => change( { [ name ]: value } ),
				__nextHasNoMarginBottom: true,
			} );
		return el(
			Fragment,
			null,
			el( TextControl, {
				...common,
				type: 'datetime-local',
				/* translators: %s: timezone */
				label: sprintf( __( 'Deadline (%s)', 'tirage' ), facts.timezone ),
				value: settings.closes.replace( ' ', 'T' ),
				onChange: ( value ) => change( { closes: value.replace( 'T', ' ' ).slice( 0, 16 ) } ),
			} ),
			el( TextControl, {
				...common,
				type: 'number',
				min: 1,
				max: facts.mostPlaces,
				label: __( 'Winners', 'tirage' ),
				help: __( 'Drawn among those who leave a comment.', 'tirage' ),
				value: String( settings.winners ),
				onChange: ( value ) => change( { winners: number( value, 1 ) } ),
			} ),
			el( TextControl, {
				...common,
				type: 'number',
				min: 0,
				max: facts.mostPlaces,
				label: __( 'Alternates', 'tirage' ),
				help: __( 'They move up when a winner is struck or doesn’t answer.', 'tirage' ),
				value: String( settings.alternates ),
				onChange: ( value ) => change( { alternates: number( value, 0 ) } ),
			} ),
			toggle( 'replies_count', __( 'Replies to other comments count too', 'tirage' ) ),
			toggle( 'staff_may_win', __( 'Those who write for the blog may win', 'tirage' ) ),
			toggle( 'automatic', __( 'Seal, draw and announce without a review', 'tirage' ) ),
			settings.automatic &&
				toggle(
					'leave_out_held',
					__( 'Leave out what is still held then', 'tirage' ),
					__( 'Otherwise the draw waits until you approve or bin it.', 'tirage' )
				),
			el( TextareaControl, {
				label: __( 'May not win', 'tirage' ),
				help: __( 'One a line: an e-mail address, a name, or an account as #12.', 'tirage' ),
				value: excluded,
				disabled: isFixed,
				rows: 3,
				onChange: ( value ) => {
					setExcluded( value );
					change( { excluded: value.split( '\n' ).map( ( line ) => line.trim() ).filter( Boolean ) } );
				},
				__nextHasNoMarginBottom: true,
			} ),
			el( TextareaControl, {
				label: __( 'How to enter, in your words', 'tirage' ),
				help: __( 'Shown to readers; empty: ours.', 'tirage' ),
				value: settings.how_to,
				rows: 2,
				onChange: ( value ) => change( { how_to: value.slice( 0, 500 ) } ),
				__nextHasNoMarginBottom: true,
			} ),
			el( TextareaControl, {
				label: __( 'Message for X', 'tirage' ),
				help: __( 'Readers get a button that posts it with the address of this post. Empty: no button.', 'tirage' ),
				value: settings.message,
				rows: 2,
				onChange: ( value ) => change( { message: value.slice( 0, 240 ) } ),
				__nextHasNoMarginBottom: true,
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

	function ContestPanel() {
		const { postId, postType, meta: saved } = useSelect( ( select ) => {
			const editor = select( 'core/editor' );
			return {
				postId: editor.getCurrentPostId(),
				postType: editor.getCurrentPostType(),
				meta: editor.getEditedPostAttribute( 'meta' ),
			};
		}, [] );
		const [ meta, setMeta ] = useEntityProp( 'postType', postType, 'meta' );
		const standing = useStanding( postId );
		if ( ! saved || ! meta || ! meta._tirage_settings ) {
			return null;
		}
		const settings = { ...facts.defaults, ...meta._tirage_settings };
		const change = ( part ) => setMeta( { ...meta, _tirage_settings: { ...settings, ...part } } );
		const contest = standing && standing.contest;
		const found = settings.enabled ? complaints( settings, ! contest ) : [];
		const isFixed = Boolean( contest && ! contest.is_changeable );
		return el(
			Panel,
			{ name: 'tirage', title: 'Tirage', className: 'tirage-panel' },
			el(
				'div',
				{ style: { display: 'flex', flexDirection: 'column', gap: '16px' } },
				! facts.isReady && el( NotConnected ),
				standing && standing.problem && el( Notice, { status: 'error', isDismissible: false, politeness: 'assertive' }, standing.problem ),
				contest && el( Standing, { contest } ),
				el( ToggleControl, {
					label: __( 'This post is a contest', 'tirage' ),
					help: contest ? __( 'It is open at the service, which keeps it.', 'tirage' ) : __( 'It opens when you save the post.', 'tirage' ),
					checked: settings.enabled || Boolean( contest ),
					disabled: Boolean( contest && settings.enabled ),
					onChange: ( value ) => change( { enabled: value } ),
					__nextHasNoMarginBottom: true,
				} ),
				found.map( ( words ) => el( Notice, { key: words, status: 'warning', isDismissible: false }, words ) ),
				settings.enabled && el( Fields, { settings, change, isFixed } )
			)
		);
	}

	wp.plugins.registerPlugin( 'tirage', { render: ContestPanel } );
} )( window.wp, window.tirageEditor );
