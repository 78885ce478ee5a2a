/*
 * boost_stretch.h
 *	  How many rows gradient boosting passes over at a time.
 */
#ifndef SPK_CORE_TREES_BOOST_STRETCH_H
#define SPK_CORE_TREES_BOOST_STRETCH_H

/* This many rows are looked at before they are added to histograms; they stay in the fastest cache. */
#define SPK_LISTED_ROWS 512

/* After this many rows the host is polled, and full histograms are flushed. */
#define SPK_STRETCH_ROWS 32768

#endif /* SPK_CORE_TREES_BOOST_STRETCH_H */
