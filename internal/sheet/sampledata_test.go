package sheet

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"jiqiao"
	"jiqiao/sample"
)

// The sample data is real language: hundreds of metrics, patents and teams as people write them. It must come through
// every format as it is, and read without a complaint.
func TestSampleDataRoundTrips(t *testing.T) {
	owners, err := sample.Organisations()
	if err != nil {
		t.Fatal(err)
	}
	byName := make(map[string]jiqiao.Organisation)
	for _, o := range owners {
		o.Contact = jiqiao.Contact{} // an organisation's own contact has no column: the record's has
		byName[o.Name] = *o
	}
	for _, kind := range jiqiao.Kinds {
		records, err := sample.Records(kind)
		if err != nil {
			t.Fatal(err)
		}
		var want []Entry
		for _, r := range records {
			want = append(want, Entry{Record: r, Organisation: byName[r.Head().Owner.Name]})
		}
		for _, format := range []Format{XLSX, CSV, JSONL} {
			t.Run(string(kind)+"/"+string(format), func(t *testing.T) {
				got := readBack(t, t.TempDir(), kind, format, want)
				ignore := cmp.Options{
					cmpopts.EquateEmpty(),
					cmpopts.IgnoreFields(jiqiao.OrganisationRef{}, "Kind"), // it belongs to the organisation
				}
				if kind == jiqiao.KindAchievement { // its form asks for less about the owner
					ignore = append(ignore, cmpopts.IgnoreFields(jiqiao.Organisation{}, "Industry", "Scale", "Qualifications", "Products"))
				}
				if diff := cmp.Diff(want, got, ignore); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}
