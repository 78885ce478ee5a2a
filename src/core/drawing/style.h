/*
 * style.h
 *	  The colours and fonts of pictures, as a style sheet.
 */
#ifndef SPK_CORE_DRAWING_STYLE_H
#define SPK_CORE_DRAWING_STYLE_H

/*
 * The style sheet.  Its classes, without the prefix spk-, are
 *
 *	 paper, grid, axis, guide	what is behind; a guide is dashed
 *	 ink, muted					text
 *	 fa .. fd, sa .. sd			filled with a colour, and drawn in it
 *	 wa .. wd					a band in a thin wash of a colour
 *	 q0 .. q4, q				from low to high, and neither
 *	 on							text on a full colour
 *	 dot						a rim in the colour of the paper
 *	 halo						the same around a text that lies over lines
 *	 title, small, large		fonts
 *
 * a is blue and stands for users who stay, or for one thing alone; b is vermilion and
 * stands for churn.  The four are those of Okabe and Ito that people with any colour
 * vision tell apart, a little darker on white and lighter on black, so that texts in
 * them can be read.
 */
extern const char spk_style_sheet[];

#endif /* SPK_CORE_DRAWING_STYLE_H */
