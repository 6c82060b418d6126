package generators

import (
	"fmt"
	"strconv"
	"time"
)

// ClickstreamConfig is a web shop and its visitors. The zero value is 10,000 users, 1,000 products and 5 s of thinking.
//
// Sessions begin with a page_view and walk by search, product_view, add_to_cart, checkout and purchase to exit; those that
// are under way when a run begins are somewhere in between. As many go on at once as the rate and the think time say: at
// 2,000 records/s and 5 s, 10,000 (at most a million a lane: beyond it think times get shorter). Think times spread over 0
// to twice their mean. The skew is over users, who may have many sessions at once.
//
// Partition keys: userId (default), sessionId.
//
// A natural body is 510 to 850 bytes. Under a drawn size it loses, in this order and only as far as needed: ip, referrer,
// geo and language, device, userAgent, and what tells about the page (campaign, query, product). What is left is at most
// 320 bytes.
type ClickstreamConfig struct {
	Users     int           // 0 is 10,000
	Skew      Skew          // over users; zero is uniform
	Size      Size          // zero is natural
	Products  int           // in the shop; 0 is 1,000. The first are the most viewed
	ThinkTime time.Duration // mean time between two events of a session; 0 is 5 s
}

// clickstream is a generator of click events.
type clickstream struct {
	Config
	users *population
	user  []user
	pages *pages
	spots []string // ,"geo":{…},"language":"…" by place
	kit   []device
	sizes *lognormal
	fill  []byte
	think time.Duration
}

// user is all that the records of one user need, in one cache line.
type user struct {
	entity
	ip     [16]byte // the text, of ipLen bytes
	ipLen  uint8
	kit    uint8
	spot   uint8
	length uint16 // of geo, device and userAgent together
}

// NewClickstream makes a generator of click events.
func NewClickstream(c Config, cc ClickstreamConfig) (Generator, error) {
	g, err := newClickstream(c, cc)
	if err != nil {
		return nil, fmt.Errorf("make clickstream: %w", err)
	}
	return g, nil
}

func newClickstream(c Config, cc ClickstreamConfig) (*clickstream, error) {
	c, err := c.resolve("userId", "sessionId")
	if err != nil {
		return nil, err
	}
	users, err := count("users", cc.Users, 10_000)
	if err != nil {
		return nil, err
	}
	products, err := count("products", cc.Products, 1000)
	if err != nil {
		return nil, err
	}
	if cc.ThinkTime < 0 {
		return nil, fmt.Errorf("think time: %v is negative", cc.ThinkTime)
	}
	g := &clickstream{Config: c, think: cc.ThinkTime}
	if g.think == 0 {
		g.think = 5 * time.Second
	}
	if g.sizes, err = cc.Size.sizes(c.maxBody()); err != nil {
		return nil, err
	}
	if g.users, err = newPopulation(users, c.Lanes, cc.Skew); err != nil {
		return nil, err
	}
	g.pages = catalogues.of(catalogue{c.Seed, products})
	g.kit = newDevices()
	g.fill = fillers.of(c.Seed)
	for _, p := range places {
		g.spots = append(g.spots, fmt.Sprintf(`,"geo":{"country":"%s","city":%s,"timezone":"%s"},"language":"%s"`,
			p.country, quote(p.city), p.zone, p.language))
	}
	g.addUsers(users)
	return g, nil
}

func (g *clickstream) addUsers(n int) {
	seed := derive(g.Seed, forEntities)
	g.user = make([]user, n)
	for i, e := range newEntities("u-", n, seed) {
		r := nth(seed, uint64(i))
		u := user{entity: e, kit: uint8(r % uint64(len(g.kit))), spot: uint8(r >> 8 % uint64(len(places)))}
		ip := strconv.AppendUint(u.ip[:0], 11+r>>16&0xff%113, 10) // 11 to 123: neither private, loopback nor multicast
		for shift := 24; shift <= 40; shift += 8 {
			ip = append(ip, '.')
			ip = strconv.AppendUint(ip, r>>shift&0xff, 10)
		}
		u.ipLen = uint8(len(ip))
		kit := g.kit[u.kit]
		u.length = uint16(len(g.spots[u.spot]) + len(kit.device) + len(kit.agent))
		g.user[i] = u
	}
}

func (g *clickstream) Kind() string           { return "clickstream" }
func (g *clickstream) Lanes() int             { return g.Config.Lanes }
func (g *clickstream) Share(lane int) float64 { return g.users.shares[lane] }
func (g *clickstream) Identified() bool       { return true }

func (g *clickstream) Keys() int {
	if g.Key == "sessionId" {
		return 0
	}
	return g.users.count
}

func (g *clickstream) Lane(lane int) Lane {
	crowd := newSessions(g.Rate*g.Share(lane)*g.think.Seconds(), derive(g.Seed, forSessions, uint64(lane)))
	crowd.users = g.users.picks[lane]
	crowd.lane, crowd.lanes = uint32(lane), uint32(g.Config.Lanes)
	crowd.pages = g.pages
	l := &clickLane{
		clickstream: g,
		lane:        uint32(lane),
		seed:        derive(g.Seed, forEvents, uint64(lane)),
		crowd:       crowd,
		stamp:       newStamp(g.Start),
	}
	copy(l.head[:], clickForm)
	copy(l.head[:], AppendIdentity(nil, g.Run, l.lane, 0))
	putHex4(l.head[clickSessionAt-4:], l.lane)
	if g.Key == "sessionId" {
		l.keys = make([]sessionKey, len(crowd.slots))
	}
	return l
}
