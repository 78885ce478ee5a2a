/*
 * processors.h
 *	  How many processors there are.
 */
#ifndef SPK_HOST_PROCESSORS_H
#define SPK_HOST_PROCESSORS_H

/*
 * The processors that this process may run on, at least one.  What a container may use of
 * their time is not asked.
 */
extern int spk_processors(void);

#endif /* SPK_HOST_PROCESSORS_H */
