/** The contract as `?singleWsdl` tells it: the operations' names, which is what a client looks for in it. */

const PUBLISHED = `
  CreateAppointment CreateDocument CreateEncounter CreatePatient CreatePayment DeleteAppointment DeleteDocument
  GetAllPatients GetAppointment GetAppointments GetCharges GetCustomerIdFromKey GetEncounterDetails GetExternalVendors
  GetPatient GetPatients GetPayments GetPractices GetProcedureCodes GetProviders GetServiceLocations GetThrottles
  GetTransactions RegisterExternalVendor UpdateAppointment UpdateEncounterStatus UpdatePatient UpdatePatientsExternalID`;

/** A WSDL 1.1 document with one port type. `hasStatusOperation`: the newer operation is there too. */
export function wsdl(hasStatusOperation: boolean): string {
  const names = [
    ...PUBLISHED.trim().split(/\s+/),
    ...(hasStatusOperation ? ['UpdateAppointmentStatus'] : []),
  ];
  const operations = names.map((name) => `<wsdl:operation name="${name}"/>`).join('');
  const portType = `<wsdl:portType name="KareoServices">${operations}</wsdl:portType>`;
  return `<?xml version="1.0" encoding="utf-8"?><wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/">${portType}</wsdl:definitions>`;
}
