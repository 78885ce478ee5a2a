/*
 * page_list.h
 *	  The one list of the music log's pages: SPK_PAGE_ITEM(constant, name, third
 *	  letter of the name).
 *
 * Include it with SPK_PAGE_ITEM defined.  Frequent pages come first, so that the
 * set of pages of a slice fits few bits.  The order is part of the profile's
 * format: append, do not reorder.  The third letter, with the length, finds a
 * page by its name (event.c).  The sentence in docs/reference.md that names the
 * pages is made from this list by tools/generate.pl.
 */
#ifndef SPK_PAGE_ITEM
#error "SPK_PAGE_ITEM says what becomes of each page"
#endif

SPK_PAGE_ITEM(NEXT_SONG, "NextSong", 'x')
SPK_PAGE_ITEM(HOME, "Home", 'm')
SPK_PAGE_ITEM(THUMBS_UP, "Thumbs Up", 'u')
SPK_PAGE_ITEM(ADD_TO_PLAYLIST, "Add to Playlist", 'd')
SPK_PAGE_ITEM(ADD_FRIEND, "Add Friend", 'd')
SPK_PAGE_ITEM(ROLL_ADVERT, "Roll Advert", 'l')
SPK_PAGE_ITEM(LOGIN, "Login", 'g')
SPK_PAGE_ITEM(LOGOUT, "Logout", 'g')
SPK_PAGE_ITEM(THUMBS_DOWN, "Thumbs Down", 'u')
SPK_PAGE_ITEM(DOWNGRADE, "Downgrade", 'w')
SPK_PAGE_ITEM(HELP, "Help", 'l')
SPK_PAGE_ITEM(SETTINGS, "Settings", 't')
SPK_PAGE_ITEM(ABOUT, "About", 'o')
SPK_PAGE_ITEM(UPGRADE, "Upgrade", 'g')
SPK_PAGE_ITEM(SAVE_SETTINGS, "Save Settings", 'v')
SPK_PAGE_ITEM(ERROR, "Error", 'r')
SPK_PAGE_ITEM(SUBMIT_UPGRADE, "Submit Upgrade", 'b')
SPK_PAGE_ITEM(SUBMIT_DOWNGRADE, "Submit Downgrade", 'b')
SPK_PAGE_ITEM(CANCEL, "Cancel", 'n')
SPK_PAGE_ITEM(CANCELLATION, "Cancellation Confirmation", 'n')
SPK_PAGE_ITEM(REGISTER, "Register", 'g')
SPK_PAGE_ITEM(SUBMIT_REGISTRATION, "Submit Registration", 'b')
