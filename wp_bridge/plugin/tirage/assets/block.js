/**
 * The block in the editor: what readers will see, rendered by WordPress itself.
 */
( function ( wp ) {
	'use strict';

	const el = wp.element.createElement;
	const { __ } = wp.i18n;

	wp.blocks.registerBlockType( 'tirage/contest', {
		edit: function Edit() {
			// Saving the post may open its contest, or change it.
			const { postId, savedAt } = wp.data.useSelect( ( select ) => {
				const editor = select( 'core/editor' );
				return editor
					? { postId: editor.getCurrentPostId(), savedAt: editor.getCurrentPostAttribute( 'modified' ) }
					: { postId: 0, savedAt: '' };
			}, [] );
			const placeholder = () =>
				el(
					wp.components.Placeholder,
					{ icon: 'tickets-alt', label: __( 'Giveaway', 'tirage' ) },
					__( 'Shows the contest of this post once it is set up under “Tirage” in the post’s settings and saved.', 'tirage' )
				);
			return el(
				'div',
				wp.blockEditor.useBlockProps(),
				el( wp.serverSideRender, {
					key: savedAt,
					block: 'tirage/contest',
					urlQueryArgs: postId ? { post_id: postId } : {},
					EmptyResponsePlaceholder: placeholder,
				} )
			);
		},
		save: () => null,
	} );
} )( window.wp );
