/*
 * profile_text_read.c
 *	  Reads a profile from its JSON text: the members beside the slices.
 */
#include <string.h>

#include "json/profile_reading.h"

/* The members of a profile.  The last one is the list of slices. */
enum
{
	VERSION,
	GENDER,
	GENDER_AT,
	REGISTRATION,
	CANCELLED,
	SLICES,
	N_MEMBERS
};

static const char *const member_names[N_MEMBERS] = {"version",		"gender",	 "gender_at",
													"registration", "cancelled", "slices"};

static void
read_header_member(SpkProfileReading *r, SpkJsonPiece piece, int which, SpkProfileHeader *header)
{
	json_type	 type = which == VERSION ? json_type_int : json_type_string;
	const char	*name = member_names[which];
	json_object *value = spk_reading_parse(r, piece);

	/* no way out before the value is put back: json-c's memory is freed by nobody else */
	if (r->status == SPK_OK && !json_object_is_type(value, type))
		spk_reading_fail_member(r, name, spk_wrong_type(type));
	if (r->status == SPK_OK)
		switch (which)
		{
			case VERSION:
				spk_reading_int(r, value, name, SPK_PROFILE_VERSION, SPK_PROFILE_VERSION);
				break;
			case GENDER:
				header->gender = spk_gender_of(json_object_get_string(value),
											   (size_t) json_object_get_string_len(value));
				if (header->gender == SPK_GENDER_UNKNOWN)
					spk_reading_fail_member(r, name, "\" is neither \"M\" nor \"F\"");
				break;
			case GENDER_AT:
				header->gender_ts = spk_reading_time(r, value, name);
				break;
			case REGISTRATION:
				header->registration = spk_reading_time(r, value, name);
				break;
			case CANCELLED:
				header->cancelled = spk_reading_time(r, value, name);
				break;
		}
	json_object_put(value);
}

SpkStatus
spk_profile_read_text(SpkJsonParser *parser, const char *text, size_t len, SpkProfileState *state,
					  SpkTextFault *fault)
{
	SpkProfileReading r = {parser, state, state->closed.host, fault, SPK_OK};
	SpkProfileHeader  header = {SPK_GENDER_UNKNOWN, SPK_NO_TIME, SPK_NO_TIME, SPK_NO_TIME};
	SpkJsonCursor	  c = spk_json_cursor(text, len);
	bool			  seen[N_MEMBERS] = {false};

	/* members come in any order, so what the header says is added when all of it is known */
	spk_json_open(&c, '{');
	while (r.status == SPK_OK && spk_json_next(&c, '}'))
	{
		SpkJsonPiece key = spk_json_key(&c);
		int			 which = N_MEMBERS;

		if (c.fault == NULL)
			which = spk_reading_key(&r, key, member_names, N_MEMBERS, seen);
		if (which == SLICES)
			spk_read_slices(&r, &c);
		else if (which != N_MEMBERS)
		{
			SpkJsonPiece piece = spk_json_value(&c, SPK_READING_BYTES);

			if (c.fault == NULL)
				read_header_member(&r, piece, which, &header);
		}
	}

	/* a fault of the cursor ends the loop like the end of the text */
	spk_json_finish(&c);
	if (c.fault != NULL)
		spk_reading_fail(&r, c.fault);
	if (!seen[VERSION] || !seen[SLICES])
		spk_reading_fail_member(&r, member_names[seen[VERSION] ? SLICES : VERSION],
								"\" is missing");
	if ((header.gender != SPK_GENDER_UNKNOWN) != (header.gender_ts != SPK_NO_TIME))
		spk_reading_fail(&r, "The members \"gender\" and \"gender_at\" do not agree");
	if (r.status == SPK_OK)
		spk_profile_add_header(state, &header);
	return r.status;
}
