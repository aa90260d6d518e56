import type { Fields } from '../soap/strict-read.ts';
import { given, matchesTexts, missingFilter, type Operation, practiceNamed } from './call.ts';
import { asList, withToggles } from './list-appointments.ts';

/** Providers, referring ones and those who left included: the caller must tell them apart. */
export const getProviders: Operation = {
  name: 'GetProviders',
  request: 'GetProvidersReq',
  response: 'GetProvidersResp',
  permission: 'Find Provider',
  isWrite: false,
  noData: { Providers: null },
  handle(call, request) {
    const filter = mustFilter('GetProviders', request);
    const practice = call.world.practices[0];
    const name = given(filter, 'PracticeName');
    if (name !== undefined && practiceNamed(call, name) !== practice?.id)
      return { Providers: asList('', [], call) };
    const rows = call.world.providers
      .map((provider, i) => ({
        // Text, and not always the same text: a reader must fold its case.
        Active: provider.active ? (i % 2 === 0 ? 'True' : 'true') : 'False',
        Degree: provider.degree,
        FirstName: provider.firstName,
        FullName: provider.fullName,
        ID: String(provider.id),
        LastName: provider.lastName,
        PracticeID: String(practice?.id ?? 0),
        PracticeName: practice?.name ?? '',
        SpecialtyName: provider.specialty,
        Type: provider.referring ? 'Referring Provider' : 'Normal Provider',
      }))
      .filter((row) =>
        matchesTexts(filter, { FullName: row.FullName, PracticeID: row.PracticeID, Type: row.Type }),
      );
    return { Providers: asList('ProviderData', withToggles(rows, request.Fields as Fields, call), call) };
  },
};

/** The account's practices: the only way to learn a practice's exact name. */
export const getPractices: Operation = {
  name: 'GetPractices',
  request: 'GetPracticesReq',
  response: 'GetPracticesResp',
  permission: 'Find Practice',
  isWrite: false,
  noData: { Practices: null },
  handle(call, request) {
    const filter = request.Filter as Fields | null | undefined;
    if (!filter) throw missingFilter('GetPractices', 'GetFilteredPractices(PracticeFilter filter)');
    const rows = call.world.practices
      .map((practice) => ({
        Active: practice.active ? 'True' : 'False',
        ID: String(practice.id),
        PracticeName: practice.name,
        PracticeState: practice.state,
      }))
      .filter((row) => matchesTexts(filter, { Active: row.Active, ID: row.ID }))
      .filter((row) => [undefined, row.PracticeName].includes(given(filter, 'PracticeName')));
    return { Practices: asList('PracticeData', withToggles(rows, request.Fields as Fields, call), call) };
  },
};

/** Sites of a practice. They say city and state, never a time zone. */
export const getServiceLocations: Operation = {
  name: 'GetServiceLocations',
  request: 'GetServiceLocationsReq',
  response: 'GetServiceLocationsResp',
  permission: 'Find Service Location',
  isWrite: false,
  noData: { ServiceLocations: null },
  handle(call, request) {
    const filter = mustFilter('GetServiceLocations', request);
    const practice = call.world.practices[0];
    const name = given(filter, 'PracticeName');
    if (name !== undefined && practiceNamed(call, name) !== practice?.id) {
      return { ServiceLocations: asList('', [], call) };
    }
    const rows = call.world.locations
      .map((location) => ({
        ...(location.city === ''
          ? {}
          : { City: location.city, State: location.state, ZipCode: location.zip }),
        ID: String(location.id),
        Name: location.name,
        PlaceOfService: location.city === '' ? '02' : '11',
        PracticeID: String(practice?.id ?? 0),
        PracticeName: practice?.name ?? '',
      }))
      .filter((row) => matchesTexts(filter, { ID: row.ID, PracticeID: row.PracticeID }));
    const selected = withToggles(rows, request.Fields as Fields, call);
    return { ServiceLocations: asList('ServiceLocationData', selected, call) };
  },
};

function mustFilter(operation: string, request: Fields): Fields {
  const filter = request.Filter as Fields | null | undefined;
  if (!filter) throw missingFilter(operation);
  return filter;
}
