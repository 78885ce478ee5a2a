/*
 * log_args.c
 *	  Events of any log, as SQL gives them.
 *
 * Event, session, amount and level are "any", so that whoever calls need not
 * cast; which types they have is looked up once a query.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "core/base/hash.h"
#include "core/base/utf8.h"
#include "host/args.h"
#include "host/pg_host.h"
#include "profiles/log_amount.h"
#include "profiles/log_args.h"
#include "profiles/log_types.h"
#include "profiles/profile_encoding.h"
#include "profiles/profile_type.h"

#define ARG_TS		1
#define ARG_EVENT	2
#define ARG_SESSION 3
#define ARG_AMOUNT	4
#define ARG_LEVEL	5

/* Ids of sessions that are no integers are kept as so many bits of a hash. */
#define SESSION_BITS 40
#define SESSION_SEED UINT64_C(0x73657373)

/*
 * Sessions that came lately, and their hashes, which take longer to compute than to find
 * here.  In a log in order of time these are the sessions that go on at the time.
 */
#define RECENT_BITS 6

typedef struct RecentSession
{
	uint64 halves[2]; /* of the uuid */
	uint64 hash;
} RecentSession;

/* The base types of the arguments; InvalidOid where there is none. */
typedef struct ArgTypes
{
	Oid			   ts;
	Oid			   event;
	Oid			   session;
	Oid			   amount;
	Oid			   level;
	bool		   event_is_enum;
	bool		   level_is_enum;
	bool		   is_utf8; /* the database */
	SpkAmounts	  *amounts;
	RecentSession *recent; /* when sessions are uuids */
} ArgTypes;

const char *
spk_text_to_utf8(const char *text, size_t len, size_t *utf8_len)
{
	char *converted;

	*utf8_len = len;
	if (GetDatabaseEncoding() == PG_UTF8)
		return text;
	if (GetDatabaseEncoding() == PG_SQL_ASCII)
	{
		if (!spk_utf8_valid(text, len))
			ereport(ERROR,
					(errcode(ERRCODE_CHARACTER_NOT_IN_REPERTOIRE),
					 errmsg("names of events, sessions and levels must be UTF-8")));
		return text;
	}
	converted = pg_server_to_any(text, (int) len, PG_UTF8);
	if (converted != text)
		*utf8_len = strlen(converted);
	return converted;
}

char *
spk_text_from_utf8(const char *utf8, size_t len)
{
	SpkHost	  host = spk_pg_host(CurrentMemoryContext);
	SpkWriter w = spk_writer(&host);

	spk_write_bytes(&w, utf8, len);
	spk_profile_text_to_server(&w, 0);
	spk_write_u8(&w, 0);
	spk_check(w.status, PROFILE_WHAT, NULL);
	return (char *) w.data;
}

static void
refuse_type(const char *arg, const char *wanted, Oid type, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("%s must be %s, not %s", arg, wanted, format_type_be(type)),
			 hint != NULL ? errhint("%s", hint) : 0));
}

/* The base type of an argument; InvalidOid where there is none. */
static Oid
arg_type(FunctionCallInfo fcinfo, int n, Oid *declared)
{
	*declared = InvalidOid;
	if (n >= PG_NARGS())
		return InvalidOid;
	*declared = spk_arg_type(fcinfo, n);
	return getBaseType(*declared);
}

/* At first all are the uuid of zeros. */
static RecentSession *
recent_sessions(MemoryContext context)
{
	static const uint8 zeros[UUID_LEN];
	RecentSession *recent = MemoryContextAllocZero(context, sizeof(RecentSession) << RECENT_BITS);

	for (int i = 0; i < 1 << RECENT_BITS; i++)
		recent[i].hash = spk_hash_16_bytes(zeros, SESSION_SEED);
	return recent;
}

static ArgTypes *
look_up_types(FunctionCallInfo fcinfo)
{
	ArgTypes *types = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(ArgTypes));
	Oid		  declared;

	/* domains count as what they are made of, but errors name them */
	types->ts = arg_type(fcinfo, ARG_TS, &declared);
	types->event = arg_type(fcinfo, ARG_EVENT, &declared);
	types->is_utf8 = GetDatabaseEncoding() == PG_UTF8;
	types->event_is_enum = type_is_enum(types->event);
	if (!spk_is_name_type(types->event))
		refuse_type("event", "text or an enum", declared, NULL);
	types->session = arg_type(fcinfo, ARG_SESSION, &declared);
	if (OidIsValid(declared) && !spk_is_session_type(types->session))
		refuse_type("session", "an integer, text or a uuid", declared,
					spk_is_amount_type(types->session) ?
						"An amount is the fourth argument; a session may be NULL." :
						NULL);
	if (types->session == UUIDOID)
		types->recent = recent_sessions(fcinfo->flinfo->fn_mcxt);
	types->amount = arg_type(fcinfo, ARG_AMOUNT, &declared);
	if (OidIsValid(declared) && !spk_is_amount_type(types->amount))
		refuse_type("amount", "a number", declared,
					types->amount == CASHOID ? "Cast it to numeric." : NULL);
	types->level = arg_type(fcinfo, ARG_LEVEL, &declared);
	types->level_is_enum = OidIsValid(declared) && type_is_enum(types->level);
	if (OidIsValid(declared) && !spk_is_name_type(types->level))
		refuse_type("level", "text or an enum", declared, NULL);
	if (OidIsValid(types->amount))
		types->amounts = spk_log_amounts(fcinfo->flinfo->fn_mcxt, types->amount);
	fcinfo->flinfo->fn_extra = types;
	return types;
}

/* A text of any type as UTF-8: see text_arg. */
static const char *
any_text_arg(FunctionCallInfo fcinfo, int n, Oid type, bool is_enum, size_t *len)
{
	const char *text;
	size_t		text_len;

	if (is_enum)
	{
		text = DatumGetCString(DirectFunctionCall1(enum_out, PG_GETARG_DATUM(n)));
		text_len = strlen(text);
	}
	else if (type == NAMEOID || type == UNKNOWNOID)
	{
		text = type == NAMEOID ? NameStr(*PG_GETARG_NAME(n)) : PG_GETARG_CSTRING(n);
		text_len = strlen(text);
	}
	else
	{
		struct varlena *value = PG_GETARG_VARLENA_PP(n);

		text = VARDATA_ANY(value);
		text_len = VARSIZE_ANY_EXHDR(value);
		/* blanks at the end of a character(n) mean nothing */
		if (type == BPCHAROID)
			text_len = (size_t) bpchartruelen(unconstify(char *, text), (int) text_len);
	}
	return spk_text_to_utf8(text, text_len, len);
}

/* The same.  Most are texts that stand in the row as they are. */
static inline const char *
text_arg(FunctionCallInfo fcinfo, int n, const ArgTypes *types, Oid type, bool is_enum, size_t *len)
{
	if (type == TEXTOID && types->is_utf8)
	{
		const struct varlena *value = (const struct varlena *) PG_GETARG_POINTER(n);

		if (VARATT_IS_SHORT(value) || !VARATT_IS_EXTENDED(value))
		{
			*len = VARSIZE_ANY_EXHDR(value);
			return VARDATA_ANY(value);
		}
	}
	return any_text_arg(fcinfo, n, type, is_enum, len);
}

static int64
integer_arg(FunctionCallInfo fcinfo, int n, Oid type)
{
	return type == INT2OID ? PG_GETARG_INT16(n) :
		type == INT4OID	   ? PG_GETARG_INT32(n) :
							 PG_GETARG_INT64(n);
}

/* The hash of a uuid, that of one that came lately if it is the same. */
static inline uint64
hash_of_uuid(RecentSession *recent, const uint8 *uuid)
{
	uint64		   halves[2];
	RecentSession *found;

	StaticAssertStmt(UUID_LEN == sizeof(halves), "a uuid has 16 bytes");
	memcpy(&halves[0], uuid, sizeof(halves[0]));
	memcpy(&halves[1], uuid + sizeof(halves[0]), sizeof(halves[1]));
	found =
		&recent[(halves[0] ^ halves[1]) * UINT64CONST(0x9e3779b97f4a7c15) >> (64 - RECENT_BITS)];
	if (found->halves[0] != halves[0] || found->halves[1] != halves[1])
		*found = (RecentSession) {{halves[0], halves[1]}, spk_hash_16_bytes(uuid, SESSION_SEED)};
	return found->hash;
}

/* The hash of a session that is a uuid or a text: that of its bytes. */
static uint64
session_hash(FunctionCallInfo fcinfo, const ArgTypes *types)
{
	const char *text;
	size_t		len;

	if (types->session == UUIDOID)
		return hash_of_uuid(types->recent, PG_GETARG_UUID_P(ARG_SESSION)->data);
	text = text_arg(fcinfo, ARG_SESSION, types, types->session, false, &len);
	return spk_hash_bytes(text, len, SESSION_SEED);
}

static void
get_session(FunctionCallInfo fcinfo, const ArgTypes *types, SpkLogEvent *event)
{
	if (PG_NARGS() <= ARG_SESSION || PG_ARGISNULL(ARG_SESSION))
		return;
	if (spk_is_integer_type(types->session))
	{
		event->session_kind = SPK_SESSION_INTEGER;
		event->session = integer_arg(fcinfo, ARG_SESSION, types->session);
		return;
	}
	event->session_kind = SPK_SESSION_HASHED;
	event->session = (int64) (session_hash(fcinfo, types) >> (64 - SESSION_BITS));
}

static void
get_amount(FunctionCallInfo fcinfo, const ArgTypes *types, SpkLogEvent *event)
{
	if (PG_NARGS() <= ARG_AMOUNT || PG_ARGISNULL(ARG_AMOUNT))
		return;
	event->has_amount = true;
	event->amount = spk_log_amount(types->amounts, event, PG_GETARG_DATUM(ARG_AMOUNT));
}

/* The time of an event; one without zone, and the beginning of a date, are of UTC. */
static int64
get_time(FunctionCallInfo fcinfo, Oid type)
{
	int64 ts;

	if (type == DATEOID)
	{
		DateADT day = PG_GETARG_DATEADT(ARG_TS);

		if (DATE_NOT_FINITE(day))
			ts = DATE_IS_NOBEGIN(day) ? DT_NOBEGIN : DT_NOEND;
		else if (day < spk_day_of(SPK_MIN_TIME) || day > spk_day_of(SPK_MAX_TIME))
			ereport(ERROR,
					(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
					 errmsg("ts of an event is out of range for timestamps")));
		else
			ts = day * SPK_USECS_PER_DAY;
	}
	else
		ts = PG_GETARG_TIMESTAMPTZ(ARG_TS);
	if (TIMESTAMP_NOT_FINITE(ts))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("ts of an event must be finite")));
	return ts;
}

bool
spk_log_event(FunctionCallInfo fcinfo, SpkLogEvent *event)
{
	const ArgTypes *types = fcinfo->flinfo->fn_extra;

	/* types are looked at before values, so that a wrong one is told of NULLs, too */
	if (types == NULL)
		types = look_up_types(fcinfo);
	if (PG_ARGISNULL(ARG_TS) || PG_ARGISNULL(ARG_EVENT))
		return false;
	memset(event, 0, sizeof(*event));
	event->ts = get_time(fcinfo, types->ts);
	event->name = text_arg(fcinfo, ARG_EVENT, types, types->event, types->event_is_enum,
						   &event->name_len);
	get_session(fcinfo, types, event);
	get_amount(fcinfo, types, event);
	if (PG_NARGS() > ARG_LEVEL && !PG_ARGISNULL(ARG_LEVEL))
		event->level = text_arg(fcinfo, ARG_LEVEL, types, types->level, types->level_is_enum,
								&event->level_len);
	return true;
}
