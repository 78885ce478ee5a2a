/*
 * log_feature_list.h
 *	  The one list of features of any log:
 *	  SPK_LOG_FEATURE_ITEM(kind, subject, window, SQL type, family, column, value, formula).
 *
 * Include it with SPK_LOG_FEATURE_ITEM defined.  The subject is what a feature of
 * this kind is of: the whole log (LOG), a name of events (NAME), two of them
 * (PAIR), a level (LEVEL).  With window 1 it is also of a number of days.  In the
 * column's name %s stands for the subject, and the days of a window are put
 * behind it.  The value is an expression of log_values.c: p is the pass, b the
 * counters of all events, t the tally of the name or level, u that of the pair's
 * second name, w the window; NaN stands for NULL.  The formula is for people.
 *
 * Words used in the formulas: an event is one before as_of.  The reference time
 * is as_of 00:00 UTC, or the time of the last event without as_of; the reference
 * day is as_of, or the day after the last event's.  A window is the days before
 * the reference day.  The user is known from the first event's date to there.
 */
#ifndef SPK_LOG_FEATURE_ITEM
#error "SPK_LOG_FEATURE_ITEM says what becomes of each kind"
#endif

/* What needs no names */
SPK_LOG_FEATURE_ITEM(events, LOG, 0, int8, activity, "events", total(p, b), "events")
SPK_LOG_FEATURE_ITEM(events_in, LOG, 1, int8, activity, "events", within(p, b, w),
					 "events in the window")
SPK_LOG_FEATURE_ITEM(
	events_trend, LOG, 1, float8, activity, "events_trend", trend(p, b, w),
	"(r - s) / (r + s), where r is events a day in the window and s the same from the first event's date to then; NULL without earlier days")
SPK_LOG_FEATURE_ITEM(
	events_change, LOG, 1, float8, activity, "events_change", change(p, b, w),
	"(r - s) / (r + s), where r is events a day in the window and s the same in the known days of the window before; NULL without such days or events")
SPK_LOG_FEATURE_ITEM(active_days, LOG, 0, int8, activity, "active_days", total(p, p->days),
					 "distinct UTC dates with an event")
SPK_LOG_FEATURE_ITEM(active_days_in, LOG, 1, int8, activity, "active_days", within(p, p->days, w),
					 "distinct UTC dates with an event in the window")
SPK_LOG_FEATURE_ITEM(active_day_share, LOG, 0, float8, activity, "active_day_share",
					 ratio(total(p, p->days), p->known_days),
					 "distinct UTC dates with an event / days that the user is known")
SPK_LOG_FEATURE_ITEM(sessions, LOG, 0, int8, activity, "sessions", total(p, p->sessions),
					 "sessions: those with an id by their id, others by 30 minutes of silence")
SPK_LOG_FEATURE_ITEM(sessions_in, LOG, 1, int8, activity, "sessions", within(p, p->sessions, w),
					 "sessions with an event in the window")
SPK_LOG_FEATURE_ITEM(sessions_trend, LOG, 1, float8, activity, "sessions_trend",
					 trend(p, p->sessions, w),
					 "as the trend of events, of sessions by their last event")
SPK_LOG_FEATURE_ITEM(sessions_per_week, LOG, 0, float8, activity, "sessions_per_week",
					 ratio(7 * total(p, p->sessions), p->known_days),
					 "7 * sessions / days that the user is known")
SPK_LOG_FEATURE_ITEM(session_hours, LOG, 0, float8, activity, "avg_session_hours",
					 ratio(p->session_us / 3600e6, total(p, p->sessions)),
					 "mean over sessions of last minus first event, in hours")
SPK_LOG_FEATURE_ITEM(
	session_gap, LOG, 0, float8, activity, "avg_session_gap_days",
	ratio(days_between(p->first_start, p->last_start), total(p, p->sessions) - 1),
	"mean days between the starts of neighbouring sessions; NULL with fewer than two")
SPK_LOG_FEATURE_ITEM(
	longest_gap, LOG, 0, int4, activity, "longest_gap_days",
	p->longest_gap > 0 ? p->longest_gap : NAN,
	"the most days from one date with an event to the next; NULL with fewer than two dates")
SPK_LOG_FEATURE_ITEM(events_per_session, LOG, 0, float8, activity, "events_per_session",
					 ratio(total(p, b), total(p, p->sessions)), "events / sessions")
SPK_LOG_FEATURE_ITEM(events_per_active_day, LOG, 0, float8, activity, "events_per_active_day",
					 ratio(total(p, b), total(p, p->days)),
					 "events / distinct UTC dates with an event")
SPK_LOG_FEATURE_ITEM(mean_hour, LOG, 0, float8, activity, "mean_hour", ratio(p->hours, total(p, b)),
					 "mean UTC hour (0 to 23) of events")
SPK_LOG_FEATURE_ITEM(days_since_last, LOG, 0, float8, activity, "days_since_last",
					 days_between(p->last_ts, p->reference),
					 "reference time minus time of the last event, in days; 0 without as_of")
SPK_LOG_FEATURE_ITEM(tenure, LOG, 0, float8, activity, "tenure_days",
					 days_between(p->first_ts, p->reference),
					 "reference time minus time of the first event, in days")

/* Of each name */
SPK_LOG_FEATURE_ITEM(count, NAME, 0, int8, count, "%s_count",
					 known(t, total(p, t->events), total(p, t->events)), "events of the name")
SPK_LOG_FEATURE_ITEM(count_in, NAME, 1, int8, window, "%s",
					 known(t, within(p, t->events, w), within(p, t->events, w)),
					 "events of the name in the window")
SPK_LOG_FEATURE_ITEM(
	rate, NAME, 1, float8, rate, "%s_rate",
	known(t, within(p, t->events, w), rate(p, t->events, w)),
	"events of the name a day in the window, or in the days that the user is known when these are fewer")
SPK_LOG_FEATURE_ITEM(trend, NAME, 1, float8, trend, "%s_trend",
					 known(t, total(p, t->events), trend(p, t->events, w)),
					 "as the trend of events, of the name; NULL without events of it")
SPK_LOG_FEATURE_ITEM(change, NAME, 1, float8, change, "%s_change",
					 known(t, total(p, t->events), change(p, t->events, w)),
					 "as the change of events, of the name")
SPK_LOG_FEATURE_ITEM(
	days_since, NAME, 0, int4, since, "%s_days_since",
	known(t, total(p, t->events), days_since(p, t)),
	"reference day minus the date of the name's last event; NULL without events of it")
SPK_LOG_FEATURE_ITEM(day_share, NAME, 0, float8, days, "%s_day_share",
					 known(t, total(p, t->events), ratio(total(p, t->days), total(p, p->days))),
					 "dates with an event of the name / dates with any event")
SPK_LOG_FEATURE_ITEM(days, NAME, 0, int8, dates, "%s_days",
					 known(t, total(p, t->events), total(p, t->days)),
					 "dates with an event of the name")
SPK_LOG_FEATURE_ITEM(days_in, NAME, 1, int8, dates, "%s_days",
					 known(t, within(p, t->events, w), within(p, t->days, w)),
					 "dates with an event of the name in the window")
SPK_LOG_FEATURE_ITEM(sum, NAME, 0, float8, amount, "%s_sum",
					 known(t, total(p, t->events), units(total_amount(p, t->gained))),
					 "sum of the positive amounts")
SPK_LOG_FEATURE_ITEM(sum_in, NAME, 1, float8, amount, "%s_sum",
					 known(t, within(p, t->events, w), units(amount_within(p, t->gained, w))),
					 "sum of the positive amounts in the window")
SPK_LOG_FEATURE_ITEM(mean, NAME, 0, float8, amount, "%s_mean",
					 known(t, total(p, t->events), ratio(net(p, t), t->valued)),
					 "sum of all amounts, refunds taken off / events with an amount")
SPK_LOG_FEATURE_ITEM(refunds, NAME, 0, float8, refund, "%s_refunds",
					 known(t, total(p, t->events), units(total_amount(p, t->refunded))),
					 "sum of the negative amounts, as a positive number")
SPK_LOG_FEATURE_ITEM(refunds_in, NAME, 1, float8, refund, "%s_refunds",
					 known(t, within(p, t->events, w), units(amount_within(p, t->refunded, w))),
					 "sum of the negative amounts in the window, as a positive number")
SPK_LOG_FEATURE_ITEM(net, NAME, 0, float8, refund, "%s_net",
					 known(t, total(p, t->events), net(p, t)),
					 "sum of all amounts, refunds taken off")
SPK_LOG_FEATURE_ITEM(net_in, NAME, 1, float8, refund, "%s_net",
					 known(t, within(p, t->events, w), net_within(p, t, w)),
					 "sum of all amounts in the window, refunds taken off")

/* Of two names */
SPK_LOG_FEATURE_ITEM(
	ratio, PAIR, 0, float8, ratio, "%s",
	ratio(known(t, total(p, t->events), total(p, t->events)),
		  known(u, total(p, u->events), total(p, u->events))),
	"events of the first name / events of the second; NULL without any of the second")

/* Levels */
SPK_LOG_FEATURE_ITEM(level, LOG, 0, text, level, "level", NAN,
					 "the level of the latest event that has one")
SPK_LOG_FEATURE_ITEM(level_share, LEVEL, 0, float8, level, "level_%s_share",
					 known(t, t->valued, ratio(t->valued, p->leveled)),
					 "events with the level / events with any")
