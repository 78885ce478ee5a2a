/*
 * event_list.h
 *	  The one list of an event's columns:
 *	  SPK_EVENT_ITEM(constant, column, JSON key, kind of value, comment).
 *
 * Include it with SPK_EVENT_ITEM defined.  The column is the key folded to
 * lower case; the kind is one of SpkEventType.  The order is that of the SQL
 * type churn_event: fixed-width columns first, then those that features need,
 * then long texts, which makes taking a row apart cheap.  The type, its
 * comments and the table of docs/reference.md are made from this list by
 * tools/generate.pl.
 */
#ifndef SPK_EVENT_ITEM
#error "SPK_EVENT_ITEM says what becomes of each column"
#endif

SPK_EVENT_ITEM(TS, ts, "ts", TIME, "when it happened; in JSON milliseconds since 1970, or ISO 8601")
SPK_EVENT_ITEM(SESSIONID, sessionid, "sessionId", INT8,
			   "session; repeats across users, so a session is userid and sessionid")
SPK_EVENT_ITEM(LENGTH, length, "length", FLOAT, "seconds of the song, only for NextSong")
SPK_EVENT_ITEM(REGISTRATION, registration, "registration", TIME,
			   "when the user registered; in JSON milliseconds since 1970, or ISO 8601")
SPK_EVENT_ITEM(STATUS, status, "status", INT4, "HTTP status")
SPK_EVENT_ITEM(ITEMINSESSION, iteminsession, "itemInSession", INT4,
			   "number of the page view within its session")
SPK_EVENT_ITEM(PAGE, page, "page", TEXT,
			   "page, such as NextSong, Thumbs Up or Cancellation Confirmation")
SPK_EVENT_ITEM(LEVEL, level, "level", TEXT, "free or paid")
SPK_EVENT_ITEM(GENDER, gender, "gender", TEXT, "F or M")
SPK_EVENT_ITEM(USERID, userid, "userId", TEXT, "user; nobody's where auth is Logged Out or Guest")
SPK_EVENT_ITEM(AUTH, auth, "auth", TEXT, "Logged In, Logged Out, Guest or Cancelled")
SPK_EVENT_ITEM(METHOD, method, "method", TEXT, "HTTP method")
SPK_EVENT_ITEM(FIRSTNAME, firstname, "firstName", TEXT, "first name of the user")
SPK_EVENT_ITEM(LASTNAME, lastname, "lastName", TEXT, "last name of the user")
SPK_EVENT_ITEM(LOCATION, location, "location", TEXT, "city and state of the user")
SPK_EVENT_ITEM(USERAGENT, useragent, "userAgent", TEXT, "browser")
SPK_EVENT_ITEM(ARTIST, artist, "artist", TEXT, "artist, only for NextSong")
SPK_EVENT_ITEM(SONG, song, "song", TEXT, "title of the song, only for NextSong")
