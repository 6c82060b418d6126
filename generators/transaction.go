package generators

import "fmt"

// TransactionConfig is a bank. The zero value is 10,000 accounts without fraud.
//
// A transaction moves whole cents between an account and a counterparty of the same lane, so that the sum of all balances
// never changes: its body has both balances after it, and following them record by record within a lane, every balance
// adds up. A payer who cannot afford it is declined, and the balances stay. The skew is over accounts; counterparties
// are drawn evenly.
//
// A share of the transactions follows a fraud pattern, and is labelled so in the member fraud: card_testing (five to ten
// payments of a few cents or dollars with one card, then one of 70 to 95 % of the balance) and impossible_travel (a card
// used at home and right after on another continent). The steps of a pattern come about half a second apart, faster where
// the share would not be met else; a lane has one pattern at a time.
//
// Partition keys: accountId (default), transactionId.
//
// A natural body is 475 to 595 bytes. Under a drawn size it loses, in this order and only as far as needed: channel,
// place, merchant. What is left is at most 375 bytes.
type TransactionConfig struct {
	Accounts int     // at least two in every lane; 0 is 10,000
	Skew     Skew    // over accounts; zero is uniform
	Size     Size    // zero is natural
	Fraud    float64 // the share of transactions that belong to a fraud pattern, 0 to 1
}

// bank is a generator of transactions.
type bank struct {
	Config
	accounts  *population
	account   []account
	merchants []merchant
	places    []string // ,"place":{…}
	amounts   *lognormal
	sizes     *lognormal
	fill      []byte
	fraud     float64
}

// account is all that the records of one account need.
type account struct {
	entity
	opening int64 // balance, cents
	home    uint8 // place
}

// NewTransaction makes a generator of transactions.
func NewTransaction(c Config, tc TransactionConfig) (Generator, error) {
	g, err := newBank(c, tc)
	if err != nil {
		return nil, fmt.Errorf("make transaction: %w", err)
	}
	return g, nil
}

func newBank(c Config, tc TransactionConfig) (*bank, error) {
	c, err := c.resolve("accountId", "transactionId")
	if err != nil {
		return nil, err
	}
	accounts, err := count("accounts", tc.Accounts, 10_000)
	if err != nil {
		return nil, err
	}
	if accounts < 2*c.Lanes {
		return nil, fmt.Errorf("accounts: %d are fewer than two for each of %d lanes", accounts, c.Lanes)
	}
	if err := checkShare("fraud", tc.Fraud); err != nil {
		return nil, err
	}
	g := &bank{Config: c, fraud: tc.Fraud}
	if g.sizes, err = tc.Size.sizes(c.maxBody()); err != nil {
		return nil, err
	}
	if g.accounts, err = newPopulation(accounts, c.Lanes, tc.Skew); err != nil {
		return nil, err
	}
	g.amounts = newLognormal(24_00, 900_00, 50, 20_000_00) // cents
	g.merchants = newMerchants(c.Seed, 512)
	g.fill = fillers.of(c.Seed)
	for _, p := range places {
		g.places = append(g.places, fmt.Sprintf(`,"place":{"country":"%s","city":%s,"lat":%s,"lon":%s}`,
			p.country, quote(p.city), degrees(p.lat), degrees(p.lon)))
	}
	seed := derive(c.Seed, forEntities)
	g.account = make([]account, accounts)
	for i, e := range newEntities("a-", accounts, seed) {
		r := nth(seed, uint64(i))
		g.account[i] = account{entity: e, opening: 500_00 + int64(below(r, 20_000_00)), home: uint8(r % uint64(len(places)))}
	}
	return g, nil
}

func (g *bank) Kind() string           { return "transaction" }
func (g *bank) Lanes() int             { return g.Config.Lanes }
func (g *bank) Share(lane int) float64 { return g.accounts.shares[lane] }
func (g *bank) Identified() bool       { return true }

func (g *bank) Keys() int {
	if g.Key == "transactionId" {
		return 0
	}
	return len(g.account)
}

func (g *bank) Lane(lane int) Lane {
	l := &transactionLane{
		bank:   g,
		lane:   uint32(lane),
		seed:   derive(g.Seed, forTransfers, uint64(lane)),
		picks:  g.accounts.picks[lane],
		frauds: newFrauds(g.fraud, g.Rate*g.Share(lane)),
		stamp:  newStamp(g.Start),
	}
	l.balances = make([]int64, g.accounts.of(lane))
	l.reset()
	l.history = newHistory[book](8 * len(l.balances))
	copy(l.head[:], transactionForm)
	copy(l.head[:], AppendIdentity(nil, g.Run, l.lane, 0))
	putHex4(l.head[transactionIDAt-4:], l.lane)
	return l
}
