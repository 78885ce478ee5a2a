/*
 * event_schema.h
 *	  Where the columns of a table stand in a line of JSON, and what they are.
 *
 * The places form a tree.  Its root is the object that a line is; below each place
 * are those inside of it, by their keys or their indexes in an array.  A column is
 * at one place, and a place may have no column of its own, one, or several.
 * Parsers go down the tree as they go into the line, and pass over whatever has no
 * place.
 */
#ifndef SPK_CORE_EVENTS_EVENT_SCHEMA_H
#define SPK_CORE_EVENTS_EVENT_SCHEMA_H

#include "core/base/host.h"
#include "core/events/column_bits.h"
#include "core/events/event_columns.h"

/* What a number stands for that is a time. */
typedef enum SpkTimeUnit
{
	SPK_UNIT_NONE, /* no number is a time */
	SPK_UNIT_SECONDS,
	SPK_UNIT_MILLISECONDS,
	SPK_UNIT_MICROSECONDS,
	SPK_UNIT_NANOSECONDS
} SpkTimeUnit;

/* A column, as whoever makes a schema describes it.  Texts are terminated, and UTF-8. */
typedef struct SpkColumnPlan
{
	const char *const *path;	 /* the keys on the way to it */
	int				   path_len; /* 0: the whole line */
	const char		  *label;	 /* what messages call it, such as: key "length" */
	SpkEventType	   type;
	SpkTimeUnit		   unit;	  /* of a time; milliseconds where it is not lenient */
	bool			   folds;	  /* its key (path_len is 1) is found in other cases, too */
	bool			   lenient;	  /* see SpkSchemaColumn */
	bool			   blank;	  /* see SpkSchemaColumn */
	bool			   is_hidden; /* the table has no such column: it only shows what an event is */
} SpkColumnPlan;

typedef struct SpkSchemaColumn
{
	const char	*label;
	SpkEventType type;
	SpkTimeUnit	 unit;

	/*
	 * The rules of any log: numbers may stand in quotes, texts may be numbers of any
	 * spelling or booleans, and numbers booleans.  Columns of the music log are held
	 * to its stricter rules.
	 */
	bool	 lenient;
	bool	 blank;		/* "" is NULL */
	bool	 is_hidden; /* of no column of the table */
	uint64_t max;		/* of an integer; 0 of other types */
	int		 node;		/* its place */
	int		 next;		/* the next column at the same place, or -1 */
} SpkSchemaColumn;

#define SPK_ROOT	0
#define SPK_NO_NODE (-1)

typedef struct SpkSchemaNode
{
	const char *key; /* inside of its parent; NULL of the root */
	size_t		len;
	bool		folds;	  /* other cases of its ASCII letters mean it, too */
	bool		is_index; /* the key is that of an array's element, too: index is its number */
	int64_t		index;	  /* negative: from the end */
	int			parent;
	int			column; /* the first one here, or -1 */
	int			leaf;	/* the column, if there is just one here and nothing inside; else -1 */
	int			child;	/* the first place inside, or -1 */
	int			next;	/* the next place inside of the parent, or -1 */
} SpkSchemaNode;

typedef struct SpkSchema
{
	int				 n_columns;
	int				 n_nodes;
	SpkSchemaColumn *columns;
	SpkSchemaNode	*nodes;
	uint64_t		*required; /* the set of places of which an event has one; see any_object */
	uint64_t		*all;	   /* the set of all columns */
	uint64_t		*needed;   /* the set of columns whose lack in some rows is counted */
	int				*times;	   /* the n_times columns that hold times made of numbers */
	int				 n_times;
	bool			 any_object; /* a line without any of the places is an event, too */
	bool			 keeps_open; /* some column keeps an object that has places inside */
	bool			 is_music;	 /* the music log's keys make an event, and its pages are known */
	int				 music[SPK_N_COLUMNS]; /* the column that is the music log's, or -1 */
} SpkSchema;

/*
 * Makes a schema of n columns in one piece of the host's memory, which spk_release
 * takes back; NULL when there is none.  An event is a line that has one of the keys
 * at the first step of some path.
 */
extern SpkSchema *spk_schema_new(const SpkColumnPlan *plans, int n, const SpkHost *host);

/*
 * Makes the schema of the music log: all columns of churn_event, in their order, by
 * the keys and the rules of that log.
 */
extern SpkSchema *spk_schema_new_music(const SpkHost *host);

/* The plan of one of these columns. */
extern SpkColumnPlan spk_music_plan(SpkEventColumn col);

/*
 * Says that the schema is of the music log: columns[i] is the column that is the
 * i-th of churn_event, or SPK_EVENT_NO_COLUMN; ts, userId and page must be there, if
 * only hidden.  From now on an event is a line that has one of these three.
 */
extern void spk_schema_set_music(SpkSchema *schema, const int *columns);

/*
 * The place that this key of len bytes means inside of the object at the place
 * node, or SPK_NO_NODE.  The exact spelling wins over others.  *exact tells whether
 * it is spelled so; it is undefined when there is no place.
 */
extern int spk_schema_find(const SpkSchema *schema, int node, const char *key, size_t len,
						   bool *exact);

/*
 * The place of the element with this number, counted from 0, in the array at the
 * place node, or SPK_NO_NODE.  Places that count from the end are not found.
 */
extern int spk_schema_element(const SpkSchema *schema, int node, int64_t number);

/*
 * The place of the key that messages show for a column: the one inside of the line's
 * object.  NULL of the whole line.
 */
extern const SpkSchemaNode *spk_schema_top(const SpkSchema *schema, int col);

/* Does some place inside of the array at this place count from its end? */
extern bool spk_schema_counts_from_end(const SpkSchema *schema, int node);

/* Do all columns at this place, if there are any, take objects and arrays? */
extern bool spk_schema_takes_containers(const SpkSchema *schema, int node);

#endif /* SPK_CORE_EVENTS_EVENT_SCHEMA_H */
