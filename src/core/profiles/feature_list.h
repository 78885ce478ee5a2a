/*
 * feature_list.h
 *	  The one list of features: SPK_FEATURE_ITEM(name, SQL type, value, formula).
 *
 * Include it with SPK_FEATURE_ITEM defined.  The value is an expression over
 * the SpkActivity *a of features.c; NaN stands for NULL.  The formula is for
 * people.  The SQL type churn_features, its comments and docs/features.md are
 * made from this list by tools/generate.pl.
 *
 * Words used in the formulas: an event is a row with page, session and time
 * known, before as_of; the pages Cancel and Cancellation Confirmation are
 * events for the six features of the notebook only.  The reference time is
 * as_of 00:00 UTC, or the time of the last event without as_of; the reference
 * day is as_of, or the day after the last event's.
 */
#ifndef SPK_FEATURE_ITEM
#error "SPK_FEATURE_ITEM says what becomes of each feature"
#endif

/* The six of the notebook, as defined there */
SPK_FEATURE_ITEM(avg_play_hour, float8, ratio_or(a->play_hours, a->pages[SPK_PAGE_NEXT_SONG], 0),
				 "mean UTC hour (0 to 23) of NextSong events; 0 without any")
SPK_FEATURE_ITEM(gender_dum, int4,
				 a->gender == SPK_GENDER_UNKNOWN ? NAN : a->gender == SPK_GENDER_MALE,
				 "1 for M, 0 for F, NULL when unknown; the last known one counts")
SPK_FEATURE_ITEM(days_active, int4, a->last_day - a->first_day,
				 "UTC date of the last event minus UTC date of the first, cancel pages included")
SPK_FEATURE_ITEM(n_sessions, int8, a->sessions, "distinct sessionid, cancel pages included")
SPK_FEATURE_ITEM(avg_sess_songs, float8,
				 ratio_or(a->pages[SPK_PAGE_NEXT_SONG], a->song_sessions, 0),
				 "NextSong events / distinct sessions with a NextSong; 0 without any")
SPK_FEATURE_ITEM(n_errors, int8, a->pages[SPK_PAGE_ERROR], "Error events")

/* Who the user is */
SPK_FEATURE_ITEM(tenure_days, float8, days_between(a->registration, a->reference),
				 "reference time minus registration, in days; NULL when registration is unknown")
SPK_FEATURE_ITEM(level_paid, int4, a->level == SPK_LEVEL_UNKNOWN ? NAN : a->level == SPK_LEVEL_PAID,
				 "1 when the last known level is paid, 0 when it is free, NULL when unknown")
SPK_FEATURE_ITEM(paid_share, float8, ratio_or(a->paid, a->events, NAN),
				 "events with level paid / n_events; NULL without events")

/* How much they use the service */
SPK_FEATURE_ITEM(n_events, int8, a->events, "events")
SPK_FEATURE_ITEM(n_songs, int8, a->pages[SPK_PAGE_NEXT_SONG], "NextSong events")
SPK_FEATURE_ITEM(listened_hours, float8, a->listened_us / 3600e6,
				 "sum of length over NextSong events, in hours")
SPK_FEATURE_ITEM(sessions_per_week, float8, ratio_or(7.0 * a->used_sessions, a->days_known, NAN),
				 "7 * distinct sessionid / days from the first event's date to the reference day")
SPK_FEATURE_ITEM(avg_session_hours, float8, ratio_or(a->session_us / 3600e6, a->used_sessions, NAN),
				 "mean over sessions of last minus first event, in hours")
SPK_FEATURE_ITEM(
	avg_session_gap_days, float8,
	ratio_or(days_between(a->first_start, a->last_start), a->used_sessions - 1.0, NAN),
	"mean days between the starts of neighbouring sessions; NULL with fewer than two sessions")
SPK_FEATURE_ITEM(songs_per_active_day, float8,
				 ratio_or(a->pages[SPK_PAGE_NEXT_SONG], a->active_days, NAN),
				 "NextSong events / distinct UTC dates with an event")
SPK_FEATURE_ITEM(days_since_last, float8, days_between(a->last_ts, a->reference),
				 "reference time minus time of the last event, in days; 0 without as_of")

/* What they do */
SPK_FEATURE_ITEM(n_thumbs_up, int8, a->pages[SPK_PAGE_THUMBS_UP], "Thumbs Up events")
SPK_FEATURE_ITEM(n_thumbs_down, int8, a->pages[SPK_PAGE_THUMBS_DOWN], "Thumbs Down events")
SPK_FEATURE_ITEM(thumbs_up_ratio, float8,
				 ratio_or(a->pages[SPK_PAGE_THUMBS_UP],
						  (double) a->pages[SPK_PAGE_THUMBS_UP] + a->pages[SPK_PAGE_THUMBS_DOWN],
						  NAN),
				 "Thumbs Up events / (Thumbs Up + Thumbs Down events); NULL without any")
SPK_FEATURE_ITEM(n_friends, int8, a->pages[SPK_PAGE_ADD_FRIEND], "Add Friend events")
SPK_FEATURE_ITEM(n_playlist_adds, int8, a->pages[SPK_PAGE_ADD_TO_PLAYLIST],
				 "Add to Playlist events")
SPK_FEATURE_ITEM(n_adverts, int8, a->pages[SPK_PAGE_ROLL_ADVERT], "Roll Advert events")
SPK_FEATURE_ITEM(adverts_per_song, float8,
				 ratio_or(a->pages[SPK_PAGE_ROLL_ADVERT], a->pages[SPK_PAGE_NEXT_SONG], NAN),
				 "Roll Advert events / NextSong events; NULL without songs")
SPK_FEATURE_ITEM(n_home, int8, a->pages[SPK_PAGE_HOME], "Home events")
SPK_FEATURE_ITEM(n_help, int8, a->pages[SPK_PAGE_HELP], "Help events")
SPK_FEATURE_ITEM(n_settings, int8, a->pages[SPK_PAGE_SETTINGS], "Settings events")
SPK_FEATURE_ITEM(n_save_settings, int8, a->pages[SPK_PAGE_SAVE_SETTINGS], "Save Settings events")
SPK_FEATURE_ITEM(n_logouts, int8, a->pages[SPK_PAGE_LOGOUT], "Logout events")
SPK_FEATURE_ITEM(n_about, int8, a->pages[SPK_PAGE_ABOUT], "About events")
SPK_FEATURE_ITEM(n_upgrade_views, int8, a->pages[SPK_PAGE_UPGRADE], "Upgrade events")
SPK_FEATURE_ITEM(n_upgrades, int8, a->pages[SPK_PAGE_SUBMIT_UPGRADE], "Submit Upgrade events")
SPK_FEATURE_ITEM(n_downgrade_views, int8, a->pages[SPK_PAGE_DOWNGRADE], "Downgrade events")
SPK_FEATURE_ITEM(n_downgrades, int8, a->pages[SPK_PAGE_SUBMIT_DOWNGRADE], "Submit Downgrade events")

/* Where they are heading */
SPK_FEATURE_ITEM(
	song_trend_7d, float8, trend(a, 0),
	"(r - s) / (r + s), where r is NextSong events a day in the last 7 days before the reference day and s the same from the first event's date to then; NULL without earlier days or without songs")
SPK_FEATURE_ITEM(song_trend_14d, float8, trend(a, 1), "as song_trend_7d, with the last 14 days")
