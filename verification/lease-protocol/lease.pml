/*
 * The worker lease: one durable record per worker ID, and processes that issue timestamps only out of a range which
 * that record has granted to them before. What must hold is stated under "Invariants".
 *
 * Each option of the loops below is one atomic step. A step that is possible need not be taken, and steps of others
 * may come before it: that is a paused process, a store that is out, a slow network. README.md says what is left out.
 */

/* Bounds. Timestamps are 1 .. TIME-1; reservedUntil is exclusive and at most TIME. */
#ifndef PODS
#define PODS 2        /* pods that want this worker ID; each has its own UID */
#endif
#ifndef HOSTS
#define HOSTS 1       /* pod p runs on host p % HOSTS */
#endif
#ifndef STARTS
#define STARTS 3      /* processes in all: the first of each pod, then restarts of a container */
#endif
#ifndef BOOTS
#define BOOTS 1       /* boots per host: the first, then reboots */
#endif
#ifndef TIME
#define TIME 6
#endif
#ifndef MONO
#define MONO 2        /* ticks of the monotonic clock of one boot */
#endif
#ifndef WRITES
#define WRITES 4      /* writes that land; after that the store is out for good */
#endif
#ifndef RESERVE
#define RESERVE 3     /* how far ahead a holder reserves */
#endif
#ifndef LEAD
#define LEAD 1        /* how far a proposed line may lead the wall clock after a step back */
#endif
#ifndef FORWARD
#define FORWARD 1     /* the largest step ahead that is followed at once */
#endif
#ifndef SLACK
#define SLACK 0       /* how far logical time may be off the line */
#endif
#ifndef COPY
#define COPY 0        /* 1: pod 1 is no pod, but a copy of the memory image of pod 0, made while that one holds */
#endif
#define DURATION 1    /* how long a watcher must see the record unchanged, on its own monotonic clock */

/* Rules broken on purpose, one a run (-DMUTANT=...): check.sh says which invariants must be found violated. */
#define BLIND_WRITE          1   /* writes do not compare the version */
#define START_AT_WALL_CLOCK  2   /* a successor starts at its wall clock instead of reservedUntil */
#define TRUST_RENEW_TIME     3   /* the lease is over when its renewTime is RESERVE ago: no watching */
#define IGNORE_BOOT_ID       4   /* the early start compares monotonic clocks of different boots */
#define TWIN_STARTS_EARLY    5   /* the early start on the same boot, after a process that may only be paused */
#define ADOPT_UNRECORDED     6   /* a forward step of the wall clock is used before a renewal has recorded it */
#define RELEASE_BEFORE_CLOSE 7   /* the tail is given back while the generator still issues */
#define USE_BEFORE_ACK       8   /* a renewal is used from when it is sent */
#define ASSUME_LANDED        9   /* after an unknown outcome: our holder and generation, so our renewal has landed */
#define ANCHOR_FALLS        10   /* a renewal records the proposed line alone, which may lie below the line in use */
#define LINE_BELOW_ISSUED   12   /* a line is adopted as proposed, though it may lie below what was issued */
#define NO_FENCE            14   /* a decision to issue outlives the anchor under which it was taken */
#define RESERVE_FALLS       16   /* a renewal after a step back reserves less than the one before */
#define ASSUME_OURS         17   /* after an unknown outcome: our holder and generation, so this process wrote it */
#define LOST_COPY_RESTARTS  18   /* a lost copy is started again in its pod while the other copy lives */
#define RAISED_PAST_MARK    19   /* what was issued raises a line by the slack too far, past what the mark bounds */
#ifndef MUTANT
#define MUTANT 0
#endif

/* What must be reachable, one a run (-DWITNESS=...): the run must fail, or the model would say nothing about it. */
#define AFTER_RELEASE      1     /* a successor issues out of the tail given back by one that has issued */
#define AFTER_TAKE_OVER    2     /* a successor from another pod issues after watching one that has issued */
#define AFTER_EARLY_START  3     /* a restarted process issues below the reservedUntil of one that has issued */
#define AFTER_REBOOT       4     /* a process issues after a reboot under one that has issued */
#define PAUSED_HOLDER      5     /* the former holder issues once more after its successor has */
#define LOST_ACK           6     /* a write without an answer turns out to have landed */
#define LATE_WRITE         7     /* a request lands after its sender has given up on it */
#define STEP_ADOPTED       8     /* a holder issues past the line of its take, by a renewal that recorded more */
#define MARK_FALLS         9     /* a renewal lowers the mark's bound though its process has issued before */
#define FAR_BACK          10     /* MARK_FALLS, then a crash, then an early start, which issues */
#define GLITCH_PUT_RIGHT  11     /* a renewal lowers the line, a later one raises it above where it was; it issues there */
#define STEP_FOLLOWED     12     /* a renewal refuses a step ahead, a later one follows it and its process issues there */
#define BOTH_COPIES_ISSUE 13     /* two copies of one memory image issue the same timestamp */
#define COPY_SURVIVES     14     /* a copy issues past all that was reserved when it was made */
#ifndef WITNESS
#define WITNESS 0
#endif
#define WITNESSED(what, when) assert(WITNESS != what || !(when))

/*
 * Invariants. Each is an assertion in the steps that could break it, and its name is in the text of that assertion.
 * -DONLY=... checks one of them alone. The names are variables that are true where the invariant is not checked.
 */
#define ONCE     1    /* no timestamp is issued twice */
#define RESERVED 2    /* whatever is issued lies below a reservedUntil that the store has acknowledged to its issuer */
#define DISJOINT 3    /* a term begins above all that was issued, or can be issued, in the terms before it */
#define BOUNDED  4    /* the mark of the record bounds all that was issued, or can be, until the next acknowledgement */
#define ABOVE    5    /* the line in use does not lie below what was issued */
#define RISING   6    /* within a term reservedUntil does not fall */
#define ALONE    7    /* of two copies of one memory image at most one gets a renewal acknowledged */
#ifndef ONLY
#define ONLY 0
#endif
#define CHECKED(name) (WITNESS == 0 && (ONLY == 0 || ONLY == name))
hidden byte Once = !CHECKED(ONCE);
hidden byte Reserved = !CHECKED(RESERVED);
hidden byte Disjoint = !CHECKED(DISJOINT);
hidden byte Bounded = !CHECKED(BOUNDED);
hidden byte Above = !CHECKED(ABOVE);
hidden byte Rising = !CHECKED(RISING);
hidden byte Alone = !CHECKED(ALONE);

#define MIN(a, b) ((a) < (b) -> (a) : (b))
#define MAX(a, b) ((a) > (b) -> (a) : (b))

typedef Record {
    byte holder;            /* 0: nobody */
    byte generation;
    byte reservedUntil;
    byte bootId;            /* the mark: on this boot the holder has not passed the line */
    byte line;
    byte start;             /* of a take, for the checks alone: where its term begins */
    byte token;             /* who has written: 0, or once there are copies, the copy */
    byte version;           /* in a request: the version that it expects */
    byte renewTime          /* the holder's wall clock; nobody reads it but a mutant, so 0 without */
}

mtype:state = { DOWN, STARTING, WATCHING, TAKING, HOLDING };
mtype:call  = { IDLE, WAITING, DONE, UNSURE };  /* UNSURE: refused, failed or timed out, which all mean: read again */

/* What the process of a pod knows, which a crash wipes, and its last request, which may outlive it. */
typedef Pod {
    mtype:state state = DOWN;
    mtype:call call = IDLE;
    Record lease;           /* the record as read or as last acknowledged; while holding it has no mark */
    byte line;              /* the anchor in use */
    byte until;             /* the generator issues below it */
    byte next;              /* the generator's next free timestamp */
    byte limit;             /* the highest decision that was taken under a former anchor and may be carried out yet */
    byte watchedSince;
    Record request;
    byte proposed;          /* the anchor to adopt once the request is acknowledged */
    bool inFlight;          /* the request may land yet, whether or not somebody waits for it */
    byte came;              /* for witnesses: how the process came to hold the lease, ... */
    byte story;             /* ... how far its story has got, ... */
    byte former             /* ... and the line that it had before */
}

Record record;              /* the store */
byte used;                  /* all that was issued in the record's term lies below it */
Pod pod[PODS];
byte starts;
byte mono[HOSTS];
byte bootId[HOSTS];
byte watched;               /* any one timestamp, picked at the start: what holds for each holds for all */
bool issued;                /* is the watched timestamp issued? */
byte newestIssuer;          /* for witnesses: the highest generation that has issued */
byte fallen;                /* for witnesses: the generation in whose term the mark has fallen */
byte copied;                /* 0, or once there are copies, the end of all that was reserved, or asked for, by then */
byte copiedTerm;            /* the generation in whose term the copy was made */
byte survivor;              /* the copy to which a renewal was acknowledged */

/* Scratch within one step, hence no part of the state. */
hidden byte wall, start, stamp, n, m;
hidden byte refused;

#define self     (COPY && p == 1 -> 1 : p + 1)          /* the UID */
#define me       pod[p]
#define now      mono[host]

/* A line rises by 1 with each tick of the monotonic clock. It is kept as what it shows when the clock shows 0, plus MONO,
   so that lines that are equal at any time are equal at all times. */
#define at(line)   ((line) + now - MONO)
#define through(t) ((t) + MONO - now)

/* Up to here a process issues by the line and the reservation that it has. */
#define allowed    (MUTANT == ADOPT_UNRECORDED -> me.until - 1 : MIN(at(me.line) + SLACK, me.until - 1))

/* The first timestamp that the holder of a record cannot have issued if it was of this boot and is dead by now. */
#define bound(r)   (at(r.line) + 1)

inline copy(to, from) {
    to.holder = from.holder;
    to.generation = from.generation;
    to.reservedUntil = from.reservedUntil;
    to.bootId = from.bootId;
    to.line = from.line;
    to.start = from.start;
    to.token = from.token;
    to.version = from.version;
    to.renewTime = from.renewTime
}

inline wipe_mark(which) {
    which.bootId = 0;
    which.line = 0;
    which.start = 0;
    which.token = 0;
    which.renewTime = 0
}

inline wipe(which) {
    which.holder = 0;
    which.generation = 0;
    which.reservedUntil = 0;
    which.version = 0;
    wipe_mark(which)
}

/* Forget a request that nobody asks for any more: fewer states. */
inline drop(q) {
    if
    :: pod[q].inFlight || pod[q].call == WAITING || pod[q].call == DONE || MUTANT == ASSUME_LANDED
    :: else -> wipe(pod[q].request); pod[q].proposed = 0
    fi
}

inline stop(q) {
    pod[q].state = DOWN;
    pod[q].call = IDLE;
    wipe(pod[q].lease);
    drop(q);
    pod[q].line = 0;
    pod[q].until = 0;
    pod[q].next = 0;
    pod[q].limit = 0;
    pod[q].watchedSince = 0;
    pod[q].came = 0;
    pod[q].story = 0;
    pod[q].former = 0
}

/* Any value: since it was last read, a wall clock may have stepped anywhere, and no two hosts agree. 0 is further back
   than any lead makes up for. */
inline read_wall_clock() {
    wall = 0;
    do
    :: wall < TIME - RESERVE -> wall++
    :: break
    od
}

inline check_bounded() {
    if
    :: record.holder != 0 && record.holder == self && me.state == HOLDING && record.generation == me.lease.generation &&
       record.generation != copiedTerm ->
        assert(Bounded || (me.next <= bound(record) && MAX(me.limit, allowed) < bound(record) &&
            at(me.line) + SLACK < bound(record)))
    :: else
    fi
}

inline check_above() {
    assert(Above || at(me.line) + SLACK >= me.next - 1)
}

/* The request of p is about to replace the record. What lies below `copied` may repeat, see README.md. */
inline check_landing() {
    if
    :: me.request.generation != record.generation ->                            /* a take */
        assert(Disjoint || used <= MAX(me.request.start, copied));
        n = 0;
        do
        :: n < PODS ->
            stamp = (pod[n].state == HOLDING -> pod[n].until : 0);
            stamp = (pod[n].call == DONE -> MAX(stamp, pod[n].request.reservedUntil) : stamp);
            assert(Disjoint || stamp <= MAX(me.request.start, copied));
            n++
        :: else -> break
        od;
        used = me.request.start
    :: me.request.generation == record.generation && me.request.holder != 0 ->  /* a renewal */
        assert(Rising || me.request.reservedUntil >= record.reservedUntil);
        assert(Bounded || me.request.bootId != bootId[host] || at(me.proposed) + SLACK < bound(me.request));
        assert(Bounded || me.request.bootId != bootId[host] || used <= bound(me.request) ||
            me.request.generation == copiedTerm);
        if
        :: WITNESS != 0 && bound(me.request) < bound(record) && newestIssuer == record.generation ->
            WITNESSED(MARK_FALLS, true);
            fallen = (WITNESS == FAR_BACK -> record.generation : 0)
        :: else
        fi
    :: else
    fi
}

inline refuse(q) {
    pod[q].inFlight = false;
    pod[q].call = (pod[q].call == WAITING -> UNSURE : pod[q].call);
    drop(q)
}

/* Compare-and-swap. What else was in flight expected the version that is gone now: it is refused. */
inline land() {
    if
    :: record.version < WRITES && (MUTANT == BLIND_WRITE || record.version == me.request.version) ->
        WITNESSED(LATE_WRITE, me.call == IDLE);
        check_landing();
        n = record.version + 1;
        copy(record, me.request);
        record.version = n;
        printf("store: version %d: holder %d, generation %d, reservedUntil %d; the mark is at %d\n",
            n, record.holder, record.generation, record.reservedUntil, at(record.line));
        check_bounded();
        me.inFlight = false;
        me.call = (me.call == WAITING -> DONE : me.call);
        drop(p);
        n = 0;
        do
        :: n < PODS ->
            if
            :: pod[n].inFlight && MUTANT != BLIND_WRITE -> refuse(n)
            :: else
            fi;
            n++
        :: else -> break
        od
    :: else -> refuse(p)
    fi
}

/* Where may a successor start? At reservedUntil: whoever held the record before issues nothing from there up. Earlier
   only if that process is dead and was of this boot: then the mark bounds what it has issued. */
inline find_start() {
    start = me.lease.reservedUntil;
    if
    :: me.lease.holder != 0 && (me.lease.holder == self || MUTANT == TWIN_STARTS_EARLY) &&
       (me.lease.bootId == bootId[host] || MUTANT == IGNORE_BOOT_ID) ->
        start = MIN(start, bound(me.lease))
    :: else
    fi;
    if
    :: MUTANT == START_AT_WALL_CLOCK -> start = wall
    :: MUTANT == TRUST_RENEW_TIME && me.lease.holder != 0 && me.lease.holder != self -> start = wall
    :: else
    fi
}

inline send() {
    me.inFlight = true;         /* in place of a former request, which has landed before this one or never does */
    me.call = WAITING;
    if
    :: MUTANT != BLIND_WRITE && me.request.version != record.version -> refuse(p)
    :: else
    fi
}

/* Of the record that it has read, in me.lease. The first anchor is the wall clock, or above it where it has to be. */
inline send_take() {
    find_start();
    if
    :: start < TIME ->
        if
        :: WITNESS == 0 || me.lease.generation == 0
        :: else ->
            me.came = (me.lease.holder == 0 -> AFTER_RELEASE : (me.lease.holder != self -> AFTER_TAKE_OVER :
                (me.lease.bootId != bootId[host] -> AFTER_REBOOT : (start == me.lease.reservedUntil -> 0 :
                (fallen != 0 && fallen == me.lease.generation -> FAR_BACK : AFTER_EARLY_START)))))
        fi;
        n = MAX(start, wall);
        me.request.holder = self;
        me.request.generation = me.lease.generation + 1;
        me.request.reservedUntil = MIN(TIME, n + RESERVE);
        me.request.bootId = bootId[host];
        me.request.line = through(n) + SLACK;
        me.request.start = start;
        me.request.token = 0;
        me.request.version = me.lease.version;
        me.request.renewTime = (MUTANT == TRUST_RENEW_TIME -> wall : 0);
        me.proposed = through(n);
        me.next = n;
        me.watchedSince = 0;
        n = me.lease.version;
        wipe(me.lease);
        me.lease.version = n;
        me.state = TAKING;
        send()
    :: else -> stop(p)          /* the end of the model's time */
    fi
}

/* The anchor to adopt next, in n. A step ahead beyond FORWARD is refused at first; later, or where the host was
   suspended, it is followed. After a step back beyond the lead it lies below the line in use, and may lie below what was
   issued: it is raised when it is adopted. */
inline propose() {
    n = at(me.line);
    m = MIN(n, wall + LEAD);
    refused = false;
    me.story = (WITNESS == STEP_FOLLOWED && me.story == 2 -> 1 : me.story);
    if
    :: wall <= n + FORWARD -> n = MAX(m, wall)
    :: wall > n + FORWARD -> n = wall; me.story = (WITNESS == STEP_FOLLOWED && me.story == 1 -> 2 : me.story)
    :: wall > n + FORWARD -> refused = true; me.story = (WITNESS == STEP_FOLLOWED && me.story == 0 -> 1 : me.story)
    fi
}

inline send_renewal() {
    propose();
    me.proposed = through(n);
    me.request.holder = self;
    me.request.generation = me.lease.generation;
    me.request.reservedUntil = MAX(me.until, me.lease.reservedUntil);
    if
    :: refused
    :: !refused && MUTANT == RESERVE_FALLS -> me.request.reservedUntil = MIN(TIME, n + RESERVE)
    :: else -> me.request.reservedUntil = MIN(TIME, MAX(me.request.reservedUntil, n + RESERVE))
    fi;
    me.request.bootId = bootId[host];
    /* Until the acknowledgement this process issues by the line in use: the mark has to bound both. */
    me.request.line = (MUTANT == ANCHOR_FALLS -> me.proposed : MAX(me.proposed, me.line)) + SLACK;
    me.request.start = 0;
    me.request.token = (me.lease.generation == copiedTerm -> p + 1 : 0);
    me.request.version = me.lease.version;
    me.request.renewTime = (MUTANT == TRUST_RENEW_TIME -> wall : 0);
    if
    :: MUTANT == USE_BEFORE_ACK -> me.line = me.proposed; me.until = me.request.reservedUntil
    :: else
    fi;
    printf("holder %d: renews, wall clock is %d, line in use %d, proposed %d\n", self, wall, at(me.line), n);
    send()
}

/* The generator is closed first: from here on nothing is issued. To wait for the answer would change nothing. */
inline send_release() {
    copy(me.request, me.lease);
    me.request.holder = 0;
    me.request.reservedUntil = me.next;
    me.proposed = 0;
    printf("holder %d: releases\n", self);
    send();
    if
    :: MUTANT == RELEASE_BEFORE_CLOSE
    :: else -> stop(p)
    fi
}

inline answered() {
    me.call = IDLE;
    drop(p)
}

inline survived() {
    assert(Alone || survivor == 0 || survivor == p + 1);
    survivor = p + 1
}

inline acknowledged() {
    if
    :: me.state == TAKING ->
        me.lease.holder = self;
        me.lease.generation = me.request.generation;
        me.line = me.proposed;
        me.state = HOLDING
    :: me.state == HOLDING ->
        if
        :: me.request.token != 0 -> survived()
        :: else
        fi;
        if
        :: WITNESS == STEP_ADOPTED && me.proposed > me.line -> me.came = STEP_ADOPTED
        :: WITNESS == GLITCH_PUT_RIGHT && me.proposed < me.line && me.story == 0 -> me.story = 1; me.former = me.line
        :: WITNESS == GLITCH_PUT_RIGHT && me.proposed > me.former && me.story == 1 -> me.story = 2
        :: WITNESS == STEP_FOLLOWED && me.story == 2 -> me.story = 3
        :: else
        fi;
        n = MAX(me.limit, allowed);
        /* A line below what was issued is raised to it, less the slack, so that the mark still bounds it. */
        me.line = (MUTANT == LINE_BELOW_ISSUED || through(me.next - 1) <= me.proposed + SLACK -> me.proposed :
            through(me.next - 1) - (MUTANT == RAISED_PAST_MARK -> 0 : SLACK));
        me.limit = (MUTANT == NO_FENCE && n >= me.next -> n : 0)         /* the fence */
    fi;
    me.until = me.request.reservedUntil;
    me.lease.reservedUntil = me.until;
    me.lease.version = me.request.version + 1;
    printf("holder %d: acknowledged, line %d\n", self, at(me.line));
    answered();
    check_bounded();
    check_above()
}

/* The outcome of a write is open: the record tells. */
inline read_again() {
    me.call = IDLE;
    drop(p);
    if
    :: me.state == TAKING && record.version == me.lease.version ->
        copy(me.lease, record);                         /* unchanged: what allowed the take allows it still */
        read_wall_clock();
        send_take()
    :: me.state == TAKING && record.version != me.lease.version && (record.holder == 0 || record.holder == self) ->
        copy(me.lease, record);
        me.next = 0;
        me.came = 0;
        me.state = STARTING
    :: me.state == HOLDING && record.holder == self && record.generation == me.lease.generation &&
       (record.token == 0 || record.token == p + 1 || MUTANT == ASSUME_OURS) ->
        /* Ours. The anchor in use stays: the record bounds it. The next renewal goes on from the record. */
        WITNESSED(LOST_ACK, record.version != me.lease.version);
        if
        :: record.token == p + 1 -> survived()
        :: else
        fi;
        if
        :: MUTANT == ASSUME_LANDED && me.request.holder != 0 ->
            me.until = me.request.reservedUntil;
            me.line = me.proposed
        :: else
        fi;
        me.lease.reservedUntil = record.reservedUntil;
        me.lease.version = record.version;
        check_bounded()
    :: else -> stop(p)          /* lost to another holder, or to a copy of this process, which is final */
    fi
}

/* A copy of the memory image of pod 0, what is in flight included. */
inline make_copy() {
    copied = (me.call == WAITING || me.call == DONE -> MAX(me.until, me.request.reservedUntil) : me.until);
    copiedTerm = me.lease.generation;
    pod[1].state = me.state;
    pod[1].call = me.call;
    copy(pod[1].lease, me.lease);
    pod[1].line = me.line;
    pod[1].until = me.until;
    pod[1].next = me.next;
    pod[1].limit = me.limit;
    copy(pod[1].request, me.request);
    pod[1].proposed = me.proposed;
    pod[1].inFlight = me.inFlight;
    printf("holder %d: its memory image is copied\n", self)
}

proctype Worker(byte p; byte host) {
end:
    do
    /* Start: read the record; then decide by it and by the clocks. Pod 0 first: the pods are alike. A process of a pod
       starts only when the former one is dead, copies included. */
    :: atomic {
        me.state == DOWN && starts < STARTS && (p == 0 || starts > 0) &&
        (!COPY || p == 2 || (p == 0 && (pod[1].state == DOWN || MUTANT == LOST_COPY_RESTARTS))) ->
        starts++;
        printf("holder %d: a process starts, monotonic is %d\n", self, now);
        copy(me.lease, record);
        me.state = STARTING
    }
    :: atomic {
        me.state == STARTING ->
        read_wall_clock();
        if
        :: me.lease.holder == 0 || me.lease.holder == self ||
           (MUTANT == TRUST_RENEW_TIME && wall >= me.lease.renewTime + RESERVE) -> send_take()
        :: MUTANT != TRUST_RENEW_TIME && me.lease.holder != 0 && me.lease.holder != self ->
            n = me.lease.version;
            wipe(me.lease);
            me.lease.version = n;
            me.watchedSince = now;
            me.state = WATCHING
        :: else -> stop(p)
        fi
    }
    :: atomic {
        me.state == WATCHING && (record.version != me.lease.version || now - me.watchedSince >= DURATION) ->
        n = me.lease.version;
        copy(me.lease, record);
        if
        :: record.version == n -> read_wall_clock(); send_take()
        :: record.version != n && record.holder == 0 -> me.watchedSince = 0; me.state = STARTING
        :: else -> stop(p)      /* another live process holds the lease */
        fi
    }

    /* Issue. That the decision was taken before, and the process paused since, makes no difference under one anchor: the
       line and the reservation have risen since, if they have changed. The wall clock plus the lead bounds a decision
       too; since it reads anything, that is covered by issuing less than is allowed. */
    :: atomic {
        me.state == HOLDING && me.next <= MAX(me.limit, allowed) ->
        stamp = me.next;
        do
        :: stamp < MAX(me.limit, allowed) -> stamp++
        :: break
        od;
        printf("holder %d, generation %d: issues %d\n", self, me.lease.generation, stamp);
        assert(Reserved || stamp < me.lease.reservedUntil);
        if
        :: stamp == watched ->
            WITNESSED(BOTH_COPIES_ISSUE, issued && stamp < copied);
            assert(Once || !issued || stamp < copied);
            issued = true
        :: else
        fi;
        me.next = stamp + 1;
        me.limit = (me.limit < me.next -> 0 : me.limit);
        used = (record.generation == me.lease.generation -> MAX(used, me.next) : used);
        check_bounded();
        check_above();
        if
        :: WITNESS != 0 ->
            WITNESSED(me.came, newestIssuer > 0 && newestIssuer < me.lease.generation);
            WITNESSED(STEP_ADOPTED, me.came == STEP_ADOPTED && stamp == at(me.line));
            WITNESSED(PAUSED_HOLDER, me.lease.generation < newestIssuer);
            WITNESSED(GLITCH_PUT_RIGHT, me.story == 2 && stamp == at(me.line));
            WITNESSED(STEP_FOLLOWED, me.story == 3 && stamp == at(me.line));
            WITNESSED(COPY_SURVIVES, copied != 0 && stamp >= copied);
            newestIssuer = MAX(newestIssuer, me.lease.generation)
        :: else
        fi
    }

    /* Renew; or stop, which closes the generator before it gives the tail back. */
    :: atomic {
        me.state == HOLDING && me.call == IDLE ->
        read_wall_clock();
        send_renewal()
    }
    :: atomic {
        me.state == HOLDING && me.call == IDLE ->
        send_release()
    }

    /* A request lands, or the process gives up on it: then it may land later, or never. */
    :: atomic { me.inFlight -> land() }
    :: atomic { me.call == WAITING || me.call == DONE -> me.call = UNSURE; drop(p) }

    /* What the process makes of it. */
    :: atomic {
        me.call == DONE ->
        if
        :: me.request.holder == 0 -> stop(p)
        :: else -> acknowledged()
        fi
    }
    :: atomic { me.call == UNSURE -> read_again() }

    /* Crash. One that no start can follow would be the same as a pause for good. */
    :: atomic { me.state != DOWN && starts < STARTS -> printf("holder %d: crashes\n", self); stop(p) }

    :: atomic { COPY && p == 0 && me.state == HOLDING && copied == 0 -> make_copy() }
    od
}

proctype Host(byte host) {
end:
    do
    :: atomic { mono[host] < MONO -> mono[host]++; printf("host %d: monotonic is %d\n", host, mono[host]) }
    :: atomic {
        bootId[host] + HOSTS < HOSTS * BOOTS ->         /* reboot */
        bootId[host] = bootId[host] + HOSTS;
        mono[host] = 0;
        printf("host %d: reboots\n", host);
        n = host;
        do
        :: n < PODS -> stop(n); n = n + HOSTS
        :: else -> break
        od
    }
    od
}

init {
    atomic {
        record.reservedUntil = 1;
        watched = 1;
        do
        :: CHECKED(ONCE) && watched < TIME - 1 -> watched++
        :: WITNESS == BOTH_COPIES_ISSUE && watched < TIME - 1 -> watched++
        :: break
        od;
        n = 0;
        do
        :: n < HOSTS -> bootId[n] = n; run Host(n); n++
        :: else -> break
        od;
        n = 0;
        do
        :: n < PODS -> run Worker(n, n % HOSTS); n++
        :: else -> break
        od
    }
}
