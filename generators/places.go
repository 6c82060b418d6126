package generators

// place is a city that users, sites and card terminals are in.
type place struct {
	country, city, zone, language string
	lat, lon                      int32 // hundred-thousandths of a degree
}

// places are ordered so that a place and the one half the table away are on different continents: no card gets from one to
// the other within minutes.
var places = [...]place{
	{"JP", "Tokyo", "Asia/Tokyo", "ja-JP", 3567620, 13965030},
	{"JP", "Osaka", "Asia/Tokyo", "ja-JP", 3469370, 13550230},
	{"JP", "Sapporo", "Asia/Tokyo", "ja-JP", 4306180, 14135450},
	{"KR", "Seoul", "Asia/Seoul", "ko-KR", 3756650, 12697800},
	{"SG", "Singapore", "Asia/Singapore", "en-SG", 135210, 10381980},
	{"IN", "Mumbai", "Asia/Kolkata", "en-IN", 1907600, 7287770},
	{"IN", "Bengaluru", "Asia/Kolkata", "en-IN", 1297160, 7759460},
	{"AU", "Sydney", "Australia/Sydney", "en-AU", -3386880, 15120930},
	{"AU", "Melbourne", "Australia/Melbourne", "en-AU", -3781360, 14496310},
	{"ID", "Jakarta", "Asia/Jakarta", "id-ID", -620880, 10684560},
	{"DE", "Berlin", "Europe/Berlin", "de-DE", 5252000, 1340500},
	{"DE", "München", "Europe/Berlin", "de-DE", 4813510, 1158200},
	{"GB", "London", "Europe/London", "en-GB", 5150740, -12780},
	{"FR", "Paris", "Europe/Paris", "fr-FR", 4885660, 235220},
	{"ES", "Madrid", "Europe/Madrid", "es-ES", 4041680, -370380},
	{"SE", "Stockholm", "Europe/Stockholm", "sv-SE", 5932930, 1806860},
	{"US", "New York", "America/New_York", "en-US", 4071280, -7400600},
	{"US", "Chicago", "America/Chicago", "en-US", 4187810, -8762980},
	{"US", "Seattle", "America/Los_Angeles", "en-US", 4760620, -12233210},
	{"US", "San Francisco", "America/Los_Angeles", "en-US", 3777490, -12241940},
	{"CA", "Montréal", "America/Toronto", "fr-CA", 4550170, -7356730},
	{"BR", "São Paulo", "America/Sao_Paulo", "pt-BR", -2355050, -4663330},
	{"MX", "Ciudad de México", "America/Mexico_City", "es-MX", 1943260, -9913320},
	{"AR", "Buenos Aires", "America/Argentina/Buenos_Aires", "es-AR", -3460370, -5838160},
	{"CL", "Santiago", "America/Santiago", "es-CL", -3344890, -7066930},
	{"CO", "Bogotá", "America/Bogota", "es-CO", 471100, -7407210},
	{"ZA", "Johannesburg", "Africa/Johannesburg", "en-ZA", -2620410, 2804730},
	{"KE", "Nairobi", "Africa/Nairobi", "en-KE", -129210, 3682190},
	{"EG", "Cairo", "Africa/Cairo", "ar-EG", 3004440, 3123570},
	{"NG", "Lagos", "Africa/Lagos", "en-NG", 652440, 337920},
	{"PE", "Lima", "America/Lima", "es-PE", -1204640, -7704280},
	{"NZ", "Auckland", "Pacific/Auckland", "en-NZ", -3684850, 17476330},
}

// far is the number of a place that is far from place i.
func far(i uint8) uint8 { return uint8((int(i) + len(places)/2) % len(places)) }
